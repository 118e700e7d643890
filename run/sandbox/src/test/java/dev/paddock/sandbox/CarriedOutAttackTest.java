package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.sandbox.TestingArena.Round;
import dev.paddock.sandbox.WorkspaceTransfer.Exported;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attack 11 of {@code docs/sandbox.md}: a command in a box writes what git or a shell of the user
 * would run, the files are carried out into a folder of the user, and the user does there what one
 * does every day. Carried out by {@code cp}, each runs outside the box.
 */
@EnabledOnOs(OS.LINUX)
final class CarriedOutAttackTest {
  private static final String BARE =
      "mkdir -p %1$s/objects %1$s/refs; touch %1$s/objects/x %1$s/refs/x;"
          + " echo 'ref: refs/heads/main' > %1$s/HEAD;";

  private TestingArena arena;
  private Path user = Path.of("");
  private Path canary;

  @BeforeEach
  void open() throws Exception {
    arena = new TestingArena();
    canary = arena.host().resolve("made-outside-the-box");
  }

  @AfterEach
  void close() throws Exception {
    arena.close();
  }

  /** What the box writes, RUN standing for what is to run outside; then what the user does. */
  private static List<Arguments> traps() {
    String monitor = "[core]\n\tfsmonitor = \"RUN; false\"";
    String inAFolder = monitor + "\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = ..";
    return List.of(
        trap(
            "a hook",
            file(".git/hooks/pre-commit", "#!/bin/sh\nRUN") + "chmod +x .git/hooks/*",
            "git -c user.name=u -c user.email=u@example.org commit -q --allow-empty -m x"),
        trap("a monitor", "echo '" + monitor + "' >> .git/config", "git status"),
        trap("through outputs/", file("outputs/.git/config", monitor), "git status"),
        trap(
            "a command for ssh",
            file(".git/config", "[core]\n\tsshCommand = RUN; false"),
            "git ls-remote ssh://host.invalid/x"),
        trap(
            "a filter",
            file(".git/config", "[filter \"f\"]\n\tclean = RUN; cat")
                + file(".gitattributes", "* filter=f"),
            "git add -A"),
        trap(
            "a diff",
            file(".git/config", "[diff]\n\texternal = RUN; true") + "echo more >> readme",
            "git diff"),
        trap(
            "an included file",
            file(".git/config", "[include]\n\tpath = ../settings") + file("settings", monitor),
            "git status"),
        trap("a work tree's settings", file(".git/config.worktree", monitor), "git status"),
        trap(
            "another common folder",
            file(".git/commondir", "../store")
                + BARE.formatted("store")
                + file("store/config", monitor),
            "git status"),
        trap(
            "a submodule's settings",
            file(".git/modules/lib/config", monitor),
            "git -C lib status"),
        trap(
            "a repository that was not there",
            BARE.formatted("new/.git") + file("new/.git/config", monitor),
            "git -C new status"),
        trap(
            "a file that leads to one",
            BARE.formatted("store")
                + file("store/config", monitor)
                + file("new/.git", "gitdir: ../store"),
            "git -C new status"),
        trap(
            "a folder that is one",
            BARE.formatted("new") + file("new/config", inAFolder),
            "git -C new status"),
        trap(
            "a bare repository of the user's",
            file("bare/config", inAFolder),
            "git -C bare status"),
        trap("a shell's start", file(".bashrc", "RUN"), "HOME=$PWD bash -ic true"));
  }

  private static Arguments trap(String name, String inTheBox, String outside) {
    return Arguments.of(name, inTheBox, outside);
  }

  private static String file(String path, String text) {
    return "mkdir -p $(dirname %1$s); cat > %1$s <<'END'\n%2$s\nEND\n".formatted(path, text);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("traps")
  void attack11_runsInTheUsersFolder(String name, String inTheBox, String outside)
      throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/git")), "needs git");
    try (Round round = arena.round(Measure.ALL)) {
      prepareUser("carried");
      Manifest before;
      try (Workspace workspace = Workspace.open(round.workspace(), List.of())) {
        WorkspaceTransfer transfer = new WorkspaceTransfer(workspace, TransferLimits.DEFAULT);
        before = transfer.copyIn(user).manifest();
        String script = inTheBox.replace("RUN", "echo ran >> " + canary);
        assertThat(round.bash("set -e\n" + script).exitCode()).isZero();
        Exported exported = transfer.copyOut(transfer.changesSince(before), user, Optional.empty());
        assertThat(exported.skipped()).as("what was left out is named").isNotEmpty();
      }
      user(outside);
      assertThat(canary).as("ran outside the box").doesNotExist();

      prepareUser("copied");
      String from = Files.isDirectory(round.workspace().resolve("outputs")) ? "outputs/." : ".";
      host(round.workspace(), "cp -a " + from + " " + user);
      user(outside);
      assertThat(canary).as("the same files, carried out by cp").exists();
    }
  }

  /** With a commit, a submodule by hand and a bare repository in it. */
  private void prepareUser(String name) throws Exception {
    user = Files.createDirectory(arena.folder().resolve(name));
    host(
        user,
        """
        set -e
        git init -q .; git config extensions.worktreeConfig true
        echo text > readme; git add readme
        git -c user.name=u -c user.email=u@example.org commit -qm one
        mkdir .git/modules; git init -q --separate-git-dir=.git/modules/lib lib
        echo 'gitdir: ../.git/modules/lib' > lib/.git
        git init -q --bare bare
        """);
    assertThat(canary).doesNotExist();
  }

  private void user(String script) throws Exception {
    run(user, script);
  }

  private static void host(Path folder, String script) throws Exception {
    assertThat(run(folder, script)).isZero();
  }

  private static int run(Path folder, String script) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", script)
            .directory(folder.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true);
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    Process process = builder.start();
    process.getInputStream().transferTo(OutputStream.nullOutputStream());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".git",
        ".git/config",
        "a/b/.git/hooks/x/y",
        ".GIT/Config",
        ".g\u200cit/config",
        "git~1/config",
        ".git. /hooks/x",
        ".git/worktrees/w/commondir",
        ".git/objects/info/alternates",
        ".mcp.json",
        "deep/.mcp.json",
        ".vscode/tasks.json",
        ".idea/x",
        ".claude/settings.json",
        ".zshrc",
        "x/.profile",
        ".gitconfig",
        ".gitmodules",
        ".husky/pre-commit",
        ".ssh/config",
        "HEAD",
        "lib.git/HEAD",
        "bare/hooks/update",
        "bare/config"
      })
  void attack11_hasANameThatIsActedOnUnasked(String path) throws Exception {
    assertThat(reason(path)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config",
        "app/config",
        "src/hooks/use.ts",
        ".git/HEAD",
        ".git/index",
        ".git/objects/ab/cd",
        ".git/refs/heads/config",
        ".git/logs/refs/heads/hooks/x",
        ".gitignore",
        ".gitattributes",
        ".github/workflows/ci.yml",
        ".env",
        "bashrc",
        "head.html"
      })
  void otherNamesAreCarriedOut(String path) throws Exception {
    assertThat(reason(path)).isEmpty();
  }

  @Test
  void nothingThatIsHiddenGoesIntoTheHome() {
    ProtectedPaths home = ProtectedPaths.in(Path.of(System.getProperty("user.home")));
    assertThat(home.reason(".anything/x")).isPresent();
    assertThat(home.reason("plain/.x")).isEmpty();
  }

  private Optional<String> reason(String path) throws IOException {
    Path folder = Files.createDirectories(arena.folder().resolve("target"));
    Files.writeString(Files.createDirectories(folder.resolve("bare")).resolve("HEAD"), "x");
    return ProtectedPaths.in(folder).reason(path);
  }

  /** A link of the user's own that leads to where git looks is not followed. */
  @Test
  void attack11_goesThroughALinkOfTheUser() throws Exception {
    try (Round round = arena.round(Measure.ALL)) {
      prepareUser("linked");
      Files.createSymbolicLink(user.resolve("d"), Path.of(".git"));
      round.bash("mkdir d; echo '[core]' > d/config");
      String before = Files.readString(user.resolve(".git/config"), StandardCharsets.UTF_8);
      try (Workspace workspace = Workspace.open(round.workspace(), List.of())) {
        WorkspaceTransfer transfer = new WorkspaceTransfer(workspace, TransferLimits.DEFAULT);
        WorkspaceChanges changes = transfer.changesSince(Manifest.EMPTY);
        assertThat(transfer.copyOut(changes, user, Optional.empty()).written()).isEmpty();
      }
      assertThat(user.resolve(".git/config")).hasContent(before);
    }
  }
}
