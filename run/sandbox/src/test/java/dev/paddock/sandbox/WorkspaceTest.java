package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkspaceTest {
  @TempDir Path temp;
  private Path folder;
  private Path secret;

  @BeforeEach
  void makeFolders() throws IOException {
    folder = Files.createDirectories(temp.resolve("workspace"));
    secret = Files.writeString(temp.resolve("secret"), "canary");
  }

  /** JUnit's own removal takes minutes for a thousand levels. */
  @AfterEach
  void removeFolders() throws Exception {
    run("rm", "-rf", folder.toString());
  }

  static Stream<Resolver> resolvers() {
    Stream<Resolver> walking =
        Stream.of(Resolver.best(WorkspacePath.ROOT), new WalkingResolver(WorkspacePath.ROOT));
    return KernelResolver.AVAILABLE
        ? Stream.concat(walking, Stream.of(new KernelResolver()))
        : walking;
  }

  private Workspace open(Resolver resolver) {
    return Workspace.open(folder, List.of(), resolver);
  }

  private Workspace open() {
    return Workspace.open(folder, List.of());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void assertFails(ErrorCode code, Runnable action) {
    assertThatExceptionOfType(SandboxException.class)
        .isThrownBy(action::run)
        .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  @ParameterizedTest
  @MethodSource("resolvers")
  void readsBackWhatWasWritten(Resolver resolver) {
    try (Workspace workspace = open(resolver)) {
      workspace.write("a/b/ü c.txt", bytes("one"));
      workspace.write("/workspace/a/b/ü c.txt", bytes("two"));
      workspace.write("empty", new byte[0]);
      assertThat(workspace.read("./a//x/../b/ü c.txt", 3)).isEqualTo(bytes("two"));
      assertThat(workspace.read("empty", 0)).isEmpty();
      assertThat(workspace.glob("**")).containsExactly("a/b/ü c.txt", "empty");
    }
    assertThat(folder.resolve("a/b/ü c.txt")).hasContent("two");
  }

  @ParameterizedTest
  @MethodSource("resolvers")
  void linksThatStayInsideAreFollowed(Resolver resolver) throws IOException {
    Files.writeString(Files.createDirectories(folder.resolve("real")).resolve("f"), "x");
    Files.createSymbolicLink(folder.resolve("folder"), Path.of("real"));
    Files.createSymbolicLink(folder.resolve("real/up"), Path.of("../real/f"));
    try (Workspace workspace = open(resolver)) {
      assertThat(workspace.read("folder/f", 10)).isEqualTo(bytes("x"));
      assertThat(workspace.read("real/up", 10)).isEqualTo(bytes("x"));
      workspace.write("folder/up", bytes("written"));
    }
    assertThat(folder.resolve("real/up")).isSymbolicLink();
    assertThat(folder.resolve("real/f")).hasContent("written");
  }

  @Test
  void anAbsoluteLinkIntoTheBoxesOwnWorkspaceStaysInside() throws IOException {
    Files.writeString(folder.resolve("f"), "x");
    Files.createSymbolicLink(folder.resolve("l"), Path.of("/workspace/f"));
    Files.createSymbolicLink(folder.resolve("new"), Path.of("/workspace/made/g"));
    try (Workspace workspace = open()) {
      assertThat(workspace.read("l", 10)).isEqualTo(bytes("x"));
      workspace.write("new", bytes("y"));
      assertThat(workspace.read("made/g", 10)).isEqualTo(bytes("y"));
    }
  }

  @ParameterizedTest
  @MethodSource("resolvers")
  void noLinkLeadsOut(Resolver resolver) throws IOException {
    Files.createSymbolicLink(folder.resolve("absolute"), secret);
    Files.createSymbolicLink(folder.resolve("relative"), Path.of("../secret"));
    Files.createSymbolicLink(folder.resolve("parent"), Path.of(".."));
    Files.createSymbolicLink(folder.resolve("hop"), Path.of("parent/secret"));
    Files.createSymbolicLink(folder.resolve("similar"), Path.of("/workspace2/f"));
    Files.createSymbolicLink(folder.resolve("climb"), Path.of("/workspace/../secret"));
    Files.createSymbolicLink(folder.resolve("proc"), Path.of("/proc/self/root"));
    try (Workspace workspace = open(resolver)) {
      for (String path :
          List.of(
              "absolute",
              "relative",
              "parent/secret",
              "hop",
              "similar",
              "climb",
              "proc/etc/passwd")) {
        assertFails(ErrorCode.PERMISSION_DENIED, () -> workspace.read(path, 100));
        assertFails(ErrorCode.PERMISSION_DENIED, () -> workspace.write(path, bytes("overwritten")));
      }
      assertFails(
          ErrorCode.PERMISSION_DENIED, () -> workspace.write("parent/new/file", bytes("x")));
      assertThat(workspace.glob("**")).isEmpty();
    }
    assertThat(secret).hasContent("canary");
    assertThat(temp.resolve("new")).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("resolvers")
  void linkLoopsEnd(Resolver resolver) throws IOException {
    Files.createSymbolicLink(folder.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));
    Files.createSymbolicLink(folder.resolve("self"), Path.of("self/self"));
    try (Workspace workspace = open(resolver)) {
      assertFails(ErrorCode.INVALID_REQUEST, () -> workspace.read("a", 1));
      assertFails(ErrorCode.INVALID_REQUEST, () -> workspace.write("a", bytes("x")));
      assertFails(ErrorCode.INVALID_REQUEST, () -> workspace.read("self", 1));
    }
  }

  @Test
  void pathsOutsideAreRefusedByName() {
    try (Workspace workspace = open()) {
      for (String path :
          List.of("/etc/passwd", "../secret", "a/../../secret", "/workspace2/f", "/")) {
        assertFails(ErrorCode.PERMISSION_DENIED, () -> workspace.read(path, 100));
        assertFails(ErrorCode.PERMISSION_DENIED, () -> workspace.write(path, bytes("x")));
      }
      assertFails(ErrorCode.PERMISSION_DENIED, () -> workspace.glob("/etc/*"));
      assertFails(ErrorCode.INVALID_REQUEST, () -> workspace.glob("../*"));
    }
  }

  @Test
  void pipesSocketsAndFoldersAreRefusedWithoutWaiting() throws Exception {
    run("mkfifo", folder.resolve("pipe").toString());
    Files.createDirectories(folder.resolve("folder"));
    try (Workspace workspace = open()) {
      for (String path : List.of("pipe", "folder")) {
        assertThatExceptionOfType(SandboxException.class)
            .isThrownBy(() -> workspace.read(path, 100))
            .withMessageContaining("not a file");
        assertFails(ErrorCode.INVALID_REQUEST, () -> workspace.write(path, bytes("x")));
      }
      assertThat(workspace.glob("**")).isEmpty();
    }
  }

  @Test
  void aHugeSparseFileIsRefusedBeforeItIsRead() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("huge").toFile(), "rw")) {
      file.setLength(1L << 40);
    }
    try (Workspace workspace = open()) {
      assertThatExceptionOfType(SandboxException.class)
          .isThrownBy(() -> workspace.read("huge", 1000))
          .withMessage("huge is 1,099,511,627,776 bytes; at most 1,000 can be read at once");
    }
  }

  @Test
  void hostileNamesAreListedOnOneLineEachAndCanBeOpened() throws Exception {
    String script =
        """
        cd "$1"; printf x > $'line\\nbreak'; printf x > -rf; printf x > $'bad\\xff\\xfe';
        printf x > ' '; printf x > '...'; printf x > 'back\\slash'; printf x > $'\\x1b[31m'
        printf x > "$(printf 'n%.0s' $(seq 255))"
        """;
    run("bash", "-c", script, "bash", folder.toString());
    try (Workspace workspace = open()) {
      List<String> names = workspace.glob("*");
      assertThat(names)
          .containsExactlyInAnyOrder(
              "line\\x0abreak",
              "-rf",
              "bad\\xff\\xfe",
              " ",
              "...",
              "back\\slash",
              "\\x1b[31m",
              "n".repeat(255));
      for (String name : names) {
        assertThat(workspace.read(name, 1)).as(name).isEqualTo(bytes("x"));
        workspace.write(name, bytes("yy"));
      }
      assertThat(workspace.glob("*")).isEqualTo(names);
      assertFails(ErrorCode.INVALID_REQUEST, () -> workspace.write("n".repeat(256), bytes("x")));
    }
  }

  @ParameterizedTest
  @MethodSource("resolvers")
  void aDeepTreeIsReachable(Resolver resolver) {
    int levels = resolver instanceof WalkingResolver ? 300 : 1_000;
    String deep = "d/".repeat(levels) + "file";
    try (Workspace workspace = open(resolver)) {
      workspace.write(deep, bytes("x"));
      assertThat(workspace.read(deep, 1)).isEqualTo(bytes("x"));
      assertThat(workspace.glob("**/file")).containsExactly(deep);
    }
  }

  @Test
  void whatLiesDeeperThanASystemCallReachesIsSkippedAndNamed() throws Exception {
    String script = "cd \"$1\"; for i in $(seq 30); do mkdir \"$2\"; cd \"$2\"; done; echo x > f";
    run("bash", "-c", script, "bash", folder.toString(), "n".repeat(200));
    try (Workspace workspace = open()) {
      Workspace.Walked walked = workspace.walk("", 1000, true, path -> true);
      assertThat(walked.skipped()).hasSize(1);
      assertThat(walked.skipped().getFirst().reason()).contains("longer than 4,095 bytes");
      assertThat(walked.found()).hasSizeBetween(15, 30);
    }
  }

  @Test
  void aCrowdedFolderIsBounded() throws Exception {
    Path memory = Path.of("/dev/shm");
    Path crowd =
        Files.createTempDirectory(Files.isWritable(memory) ? memory : temp, "paddock-crowd");
    try (Workspace workspace = Workspace.open(crowd, List.of())) {
      run("bash", "-c", "cd \"$1\"; seq 100000 | xargs touch", "bash", crowd.toString());
      Workspace.Walked walked = workspace.walk("", 50_000, true, path -> true);
      assertThat(walked.found()).hasSize(50_000);
      assertThat(walked.complete()).isFalse();
      assertThat(workspace.glob("99999")).containsExactly("99999");
    } finally {
      WorkspaceRemoval.remove(crowd);
    }
    assertThat(crowd).doesNotExist();
  }

  @Test
  void aReplacedFileKeepsItsPermissions() throws IOException {
    Path script = Files.writeString(folder.resolve("s.sh"), "old");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));
    try (Workspace workspace = open()) {
      workspace.write("s.sh", bytes("new"));
    }
    assertThat(script).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(script)))
        .isEqualTo("rwxr-x---");
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Files.writeString(folder.resolve("f"), "old");
    try (Workspace workspace = open()) {
      assertThatExceptionOfType(SandboxException.class)
          .isThrownBy(
              () ->
                  workspace.replace(
                      "f",
                      sink -> {
                        sink.write(bytes("half"), 4);
                        throw new IOException("the source broke");
                      }))
          .withMessageContaining("the source broke");
    }
    assertThat(folder.resolve("f")).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("f");
  }

  @Test
  void unreadableFilesAreAnErrorThatSaysSo() throws Exception {
    Assumptions.assumeFalse(TestingArena.root(), "root reads everything");
    Path file = Files.writeString(folder.resolve("f"), "x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    try (Workspace workspace = open()) {
      assertThatExceptionOfType(SandboxException.class)
          .isThrownBy(() -> workspace.read("f", 10))
          .withMessage("f: permission denied");
    }
  }

  @Test
  void mountsAreReadOnlyAndShadowWhatLiesBelow() throws IOException {
    Path skill = Files.createDirectories(temp.resolve("skill-source"));
    Files.writeString(skill.resolve("SKILL.md"), "skill");
    Files.createSymbolicLink(skill.resolve("out"), secret);
    Files.writeString(
        Files.createDirectories(folder.resolve("skills/pdf")).resolve("fake"), "fake");
    Path upload = Files.writeString(temp.resolve("upload.bin"), "upload");
    List<ReadOnlyMount> mounts =
        List.of(
            new ReadOnlyMount(skill, "/workspace/skills/pdf"),
            new ReadOnlyMount(upload, "/mnt/session/uploads/file_1"));
    try (Workspace workspace = Workspace.open(folder, mounts)) {
      assertThat(workspace.read("skills/pdf/SKILL.md", 10)).isEqualTo(bytes("skill"));
      assertThat(workspace.read("/mnt/session/uploads/file_1", 10)).isEqualTo(bytes("upload"));
      assertFails(ErrorCode.READ_ONLY, () -> workspace.write("skills/pdf/SKILL.md", bytes("x")));
      assertFails(ErrorCode.READ_ONLY, () -> workspace.write("skills/pdf/new/f", bytes("x")));
      assertFails(
          ErrorCode.READ_ONLY, () -> workspace.write("/mnt/session/uploads/file_1", bytes("x")));
      assertFails(ErrorCode.PERMISSION_DENIED, () -> workspace.read("skills/pdf/out", 10));
      assertFails(
          ErrorCode.PERMISSION_DENIED, () -> workspace.read("/mnt/session/uploads/file_2", 10));
      assertFails(ErrorCode.NOT_FOUND, () -> workspace.read("skills/pdf/fake", 10));
      assertFails(ErrorCode.READ_ONLY, () -> workspace.write("skills/other/f", bytes("x")));
      assertThat(workspace.glob("**")).isEmpty();
      assertThat(workspace.glob("skills/**")).containsExactly("skills/pdf/SKILL.md");
      assertThat(workspace.glob("skills/pdf/*.md")).containsExactly("skills/pdf/SKILL.md");
    }
    assertThat(skill.resolve("SKILL.md")).hasContent("skill");
  }

  @Test
  void aClosedWorkspaceReachesNothing() {
    Workspace workspace = open();
    workspace.close();
    workspace.close();
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> workspace.read("f", 1));
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }
}
