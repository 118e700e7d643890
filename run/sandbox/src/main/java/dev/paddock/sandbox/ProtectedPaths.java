package dev.paddock.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What git, shells, editors and agents of the user act on without being asked to. An agent may
 * write it in its workspace, where nothing outside a box reads it; it is not carried out of there.
 */
public final class ProtectedPaths {
  private static final String GIT = "git";

  private static final Map<String, Set<String>> BY_NAME =
      Map.of(
          "shells",
          Set.of(
              ".bashrc",
              ".bash_profile",
              ".bash_login",
              ".bash_logout",
              ".bash_aliases",
              ".profile",
              ".zshrc",
              ".zshenv",
              ".zprofile",
              ".zlogin",
              ".zlogout",
              ".envrc"),
          "editors",
          Set.of(".vscode", ".idea", ".vimrc", ".exrc", ".nvim.lua"),
          "agents",
          Set.of(".mcp.json", ".claude", ".codex", ".cursor", ".gemini"),
          "programs",
          Set.of(".ripgreprc", ".ssh"),
          GIT,
          // with the folders that hooks are usually kept in, where core.hooksPath leads to
          Set.of(".gitconfig", ".gitmodules", ".githooks", ".husky"));

  /** In a folder of git's: what runs programs, and what leads to a folder where such things lie. */
  private static final Set<String> IN_GIT =
      Set.of("config", "config.worktree", "hooks", "commondir", "gitdir", "alternates");

  /** Names below them are those of branches. */
  private static final Set<String> BRANCHES = Set.of("refs", "logs");

  private static final String HIDDEN = "[\\u200c-\\u200f\\u202a-\\u202e\\u206a-\\u206f\\ufeff]";

  private final Path folder;
  private final boolean home;

  private ProtectedPaths(Path folder, boolean home) {
    this.folder = folder;
    this.home = home;
  }

  /**
   * @param folder of the user, that files are written to; what is there already counts
   */
  public static ProtectedPaths in(Path folder) {
    Path real = real(folder);
    return new ProtectedPaths(real, real.equals(real(Path.of(System.getProperty("user.home")))));
  }

  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException notThere) {
      return folder.toAbsolutePath().normalize();
    }
  }

  /** Why a path is not to be written beneath the folder, if it is not. */
  public Optional<String> reason(String path) {
    List<String> names = List.of(path.split("/")).stream().map(ProtectedPaths::plain).toList();
    if (home && names.getFirst().startsWith(".")) {
      return because("programs");
    }
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      for (Map.Entry<String, Set<String>> known : BY_NAME.entrySet()) {
        if (known.getValue().contains(name)) {
          return because(known.getKey());
        }
      }
      if (isGit(name)) {
        return inGit(names.subList(i + 1, names.size())) ? because(GIT) : Optional.empty();
      }
    }
    return inBareRepository(path, names) ? because(GIT) : Optional.empty();
  }

  private static Optional<String> because(String who) {
    return Optional.of(
        "%s act on it unasked, so it is not written; it stays in the session's files"
            .formatted(who));
  }

  /** As file systems compare that do not tell case, or pass over some characters. */
  private static String plain(String name) {
    String visible = name.replaceAll(HIDDEN, "").toLowerCase(Locale.ROOT);
    String stripped = visible.replaceFirst("[. ]+$", "");
    return stripped.isEmpty() ? visible : stripped;
  }

  private static boolean isGit(String name) {
    return name.equals(".git") || name.equals("git~1");
  }

  /** A file {@code .git} leads to a repository elsewhere, its configuration included. */
  private static boolean inGit(List<String> below) {
    return below.isEmpty()
        || (!BRANCHES.contains(below.getFirst()) && below.stream().anyMatch(IN_GIT::contains));
  }

  /**
   * A folder becomes a repository by a {@code HEAD}, so none is written beside what it would run.
   */
  private boolean inBareRepository(String path, List<String> names) {
    int at = 0;
    for (int i = 0; i < names.size(); i++) {
      String parent = path.substring(0, at);
      if (names.get(i).equals("head") && i == names.size() - 1) {
        return true;
      }
      if (IN_GIT.contains(names.get(i))
          && Files.exists(folder.resolve(parent + "HEAD"), LinkOption.NOFOLLOW_LINKS)) {
        return true;
      }
      at = path.indexOf('/', at) + 1;
    }
    return false;
  }
}
