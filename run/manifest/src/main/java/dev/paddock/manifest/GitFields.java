package dev.paddock.manifest;

import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what a repository's entry says: its texts become part of a URL and of a command. */
final class GitFields {
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?");
  private static final Pattern REPOSITORY =
      Pattern.compile("[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+){0,15}");
  private static final Pattern REF = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._/@+-]{0,254}");

  private GitFields() {}

  static Entry.GitRepo read(Fields fields, Traits traits) {
    String host = fields.optionalText("host").orElse("github.com");
    if (!HOST.matcher(host).matches()) {
      throw fields.wrong("host", "must be a host's name, with or without a port");
    }
    String repo = fields.text("repo");
    if (!REPOSITORY.matcher(repo).matches() || repo.contains("..")) {
      throw fields.wrong("repo", "must be a path at the host, such as owner/name");
    }
    String ref = fields.text("ref");
    if (!REF.matcher(ref).matches() || ref.contains("..")) {
      throw fields.wrong("ref", "must be a branch, a tag, or a commit in full");
    }
    Optional<String> subpath = fields.optionalText("subpath").filter(path -> !path.isEmpty());
    subpath
        .filter(path -> !path.equals("."))
        .ifPresent(path -> ManifestPath.normal(fields.at("subpath"), path));
    return new Entry.GitRepo(traits, host, repo, ref, subpath);
  }
}
