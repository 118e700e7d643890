package dev.paddock.node;

import dev.paddock.agent.SessionDocument.Repository;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import dev.paddock.egress.AddressGuard;
import dev.paddock.egress.Host;
import dev.paddock.egress.Target;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Fetches a repository with {@code git}, outside any box. What it talks to is hostile: only HTTP,
 * only addresses that may be dialled, no redirect; and so is what it gets: no hook, filter,
 * submodule or configuration of the repository takes part.
 */
record GitCheckout(AddressGuard guard, GitProcess git) {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  /** A checkout that failed, by the API's type of error. */
  record Failure(String type, String message) {}

  /**
   * Checks a repository out.
   *
   * @param folder does not exist yet, its parent does and holds nothing else of value
   * @param token for the repository's host; it stands in no argument, file or message
   */
  Optional<Failure> run(Repository repository, Path folder, Optional<String> token)
      throws InterruptedException {
    URI url = URI.create(repository.url());
    Target target;
    List<InetSocketAddress> addresses;
    try {
      target = target(url);
      addresses = guard.resolve(target, true);
    } catch (PaddockException e) {
      return Optional.of(new Failure("repository_clone_error", e.getMessage()));
    }
    String asked = normal(url, target);
    Map<String, String> settings = settings(target, addresses);
    token.ifPresent(secret -> settings.put("http." + asked + ".extraHeader", header(secret)));
    try {
      for (List<String> command : commands(repository, asked, folder)) {
        GitProcess.Ended ended = git.run(command, settings, parent(folder));
        if (ended.failed()) {
          return Optional.of(failure(ended.said(), token));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(new Failure("repository_clone_error", "git cannot be run: " + e));
    }
  }

  private static Target target(URI url) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    if (!SCHEMES.contains(scheme) || url.getHost() == null || url.getRawUserInfo() != null) {
      throw new NodeException(
          ErrorCode.INVALID_REQUEST, "a repository has an https URL without credentials");
    }
    int usual = scheme.equals("https") ? 443 : 80;
    return new Target(Host.parse(url.getHost()), url.getPort() < 0 ? usual : url.getPort());
  }

  /** With the host as it was checked: git must not look up another spelling of it. */
  private static String normal(URI url, Target target) {
    String path = Optional.ofNullable(url.getRawPath()).orElse("").replaceFirst("/+$", "");
    String port = url.getPort() < 0 ? "" : ":" + target.port();
    return url.getScheme().toLowerCase(Locale.ROOT) + "://" + target.host() + port + path;
  }

  private static Path parent(Path folder) {
    return Optional.ofNullable(folder.getParent()).orElse(folder);
  }

  private static Map<String, String> settings(Target target, List<InetSocketAddress> addresses) {
    Map<String, String> settings = new TreeMap<>(GitProcess.SETTINGS);
    String dialled =
        addresses.stream()
            .map(InetSocketAddress::getAddress)
            .map(
                at ->
                    at instanceof Inet6Address
                        ? "[" + at.getHostAddress() + "]"
                        : at.getHostAddress())
            .collect(Collectors.joining(","));
    if (!target.host().toString().startsWith("[")) {
      settings.put(
          "http.curloptResolve", "%s:%d:%s".formatted(target.host(), target.port(), dialled));
    }
    return settings;
  }

  private static String header(String token) {
    String pair = "x-access-token:" + token;
    return "Authorization: Basic "
        + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static List<List<String>> commands(Repository repository, String url, Path folder) {
    String at = folder.toString();
    if (repository.commit().isEmpty()) {
      List<String> clone = new ArrayList<>(List.of("clone", "-q", "--template=", "--depth=1"));
      clone.addAll(List.of("--single-branch", "--no-tags", "--no-recurse-submodules"));
      repository.branch().ifPresent(branch -> clone.add("--branch=" + branch));
      clone.addAll(List.of("--", url, at));
      return List.of(clone);
    }
    String commit = repository.commit().get();
    return List.of(
        List.of("init", "-q", "--template=", "--", at),
        List.of("-C", at, "remote", "add", "--", "origin", url),
        List.of(
            "-C",
            at,
            "fetch",
            "-q",
            "--depth=1",
            "--no-tags",
            "--no-recurse-submodules",
            "origin",
            commit),
        List.of("-C", at, "checkout", "-q", "--detach", commit, "--"));
  }

  /** git says it in English, as it is told to. */
  private static Failure failure(String said, Optional<String> token) {
    String plain = token.map(secret -> said.replace(secret, "…")).orElse(said);
    List<String> lines = plain.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    String message = lines.isEmpty() ? "git gave no reason" : lines.getLast();
    return new Failure(type(plain), message);
  }

  private static String type(String said) {
    if (said.contains("Remote branch")
        || said.contains("not our ref")
        || said.contains("couldn't find remote ref")
        || said.contains("pathspec")) {
      return "repository_checkout_error";
    }
    if (said.contains("could not read Username") || said.contains("Authentication failed")) {
      return "repository_authentication_error";
    }
    if (said.contains("error: 403")) {
      return "repository_forbidden_error";
    }
    return said.contains("not found") ? "repository_not_found_error" : "repository_clone_error";
  }
}
