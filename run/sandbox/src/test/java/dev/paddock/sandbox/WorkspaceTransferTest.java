package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.sandbox.WorkspaceTransfer.Exported;
import dev.paddock.sandbox.WorkspaceTransfer.Imported;
import dev.paddock.sandbox.WorkspaceTransfer.Written;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTransferTest {
  @TempDir Path temp;
  private Path in;
  private Path out;
  private Path folder;
  private Path skill;
  private Workspace workspace;
  private WorkspaceTransfer transfer;

  @BeforeEach
  void open() throws IOException {
    in = Files.createDirectories(temp.resolve("in"));
    out = temp.resolve("some/out");
    folder = Files.createDirectories(temp.resolve("workspace"));
    skill = Files.createDirectories(temp.resolve("skill"));
    workspace = Workspace.open(folder, List.of(new ReadOnlyMount(skill, "/workspace/skills/pdf")));
    transfer = new WorkspaceTransfer(workspace, new TransferLimits(1_000, 10_000, 20_000));
  }

  @AfterEach
  void close() {
    workspace.close();
  }

  private static Path write(Path folder, String path, String content) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private static Map<String, String> content(Path folder) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        found.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return found;
  }

  private static void assertFails(ErrorCode code, String message, Runnable action) {
    assertThatExceptionOfType(SandboxException.class)
        .isThrownBy(action::run)
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void aFolderComesInAsItIs() throws IOException {
    Path script = write(in, "bin/run.sh", "#!/bin/sh");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setLastModifiedTime(script, FileTime.fromMillis(1_234_567_890_123L));
    write(in, ".hidden", "h");
    write(in, "Ünï cödé/-rf", "x");
    Files.createDirectories(in.resolve("empty/nested"));
    Imported imported = transfer.copyIn(in);
    assertThat(imported.skipped()).isEmpty();
    assertThat(imported.manifest().files())
        .containsOnlyKeys("bin/run.sh", ".hidden", "Ünï cödé/-rf");
    assertThat(content(folder)).isEqualTo(content(in));
    assertThat(folder.resolve("empty/nested")).isDirectory();
    assertThat(folder.resolve("bin/run.sh")).isExecutable();
    assertThat(folder.resolve(".hidden").toFile().canExecute()).isFalse();
    assertThat(Files.getLastModifiedTime(folder.resolve("bin/run.sh")).toMillis())
        .isEqualTo(1_234_567_890_123L);
    assertThat(transfer.changesSince(imported.manifest()).addedOrChanged()).isEmpty();
    assertThat(transfer.snapshot()).isEqualTo(imported.manifest());
  }

  @Test
  void linksAndSpecialFilesStayOutAndAreNamed() throws Exception {
    Path secret = write(temp, "secret", "canary");
    Files.createSymbolicLink(in.resolve("file"), secret);
    Files.createSymbolicLink(in.resolve("folder"), temp);
    run("mkfifo", in.resolve("pipe").toString());
    write(in, "skills/pdf/shadowed", "x");
    write(in, "nested/skills/kept", "x");
    Imported imported = transfer.copyIn(in);
    assertThat(imported.skipped())
        .containsExactlyInAnyOrder(
            new Skipped("file", "links are not followed"),
            new Skipped("folder", "links are not followed"),
            new Skipped("pipe", "it is a pipe"),
            new Skipped("skills", "the box has something else mounted there"));
    assertThat(content(folder)).containsOnlyKeys("nested/skills/kept");
  }

  @Test
  void tooMuchIsRefusedBeforeAnythingIsCopied() throws IOException {
    write(in, "a", "x");
    try (RandomAccessFile huge = new RandomAccessFile(in.resolve("huge").toFile(), "rw")) {
      huge.setLength(1L << 40);
    }
    assertFails(
        ErrorCode.LIMIT_EXCEEDED,
        "has 1,099,511,627,776 bytes; a file may have 10,000",
        () -> transfer.copyIn(in));
    Files.delete(in.resolve("huge"));
    for (int i = 0; i < 3; i++) {
      write(in, "b" + i, "x".repeat(9_000));
    }
    assertFails(ErrorCode.LIMIT_EXCEEDED, "holds 27,001 bytes", () -> transfer.copyIn(in));
    for (int i = 0; i < 1_000; i++) {
      write(in, "c" + i, "");
    }
    assertFails(
        ErrorCode.LIMIT_EXCEEDED, "more than 1,000 files and folders", () -> transfer.copyIn(in));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatChangedGoesOutAndTheSourceStaysAsItWas() throws IOException {
    for (String name : List.of("kept", "changed", "deleted", "touched", "faked", "mode")) {
      write(in, name, "old " + name);
    }
    Map<String, String> before = content(in);
    Manifest start = transfer.copyIn(in).manifest();
    FileTime time = Files.getLastModifiedTime(folder.resolve("faked"));
    write(folder, "changed", "new content");
    Files.delete(folder.resolve("deleted"));
    Files.setLastModifiedTime(folder.resolve("touched"), FileTime.fromMillis(1));
    Files.writeString(folder.resolve("faked"), "OLD faked");
    Files.setLastModifiedTime(folder.resolve("faked"), time);
    Files.setPosixFilePermissions(
        folder.resolve("mode"), PosixFilePermissions.fromString("rwxr--r--"));
    write(folder, "new/file", "added");
    write(folder, "outputs/report.csv", "a,b");
    Files.createSymbolicLink(folder.resolve("outputs/link"), in);
    Manifest stored = Json.read(Json.bytes(start), Manifest.class);
    WorkspaceChanges changes = transfer.changesSince(stored);
    assertThat(changes)
        .isEqualTo(
            new WorkspaceChanges(
                List.of("new/file", "outputs/report.csv"),
                List.of("changed", "faked", "mode"),
                List.of("deleted"),
                List.of(new Skipped("outputs/link", "links are not followed"))));
    Exported exported = transfer.copyOut(changes, out, Optional.of(in));
    assertThat(exported.written())
        .containsExactly(
            new Written("outputs/report.csv", "report.csv", 3, false),
            new Written("changed", "changed", 11, false),
            new Written("faked", "faked", 9, false),
            new Written("mode", "mode", 8, false),
            new Written("new/file", "new/file", 5, false));
    assertThat(exported.skipped()).isEqualTo(changes.skipped());
    assertThat(content(out)).containsOnlyKeys("report.csv", "changed", "faked", "mode", "new/file");
    assertThat(out.resolve("mode")).isExecutable();
    assertThat(content(in)).isEqualTo(before);
  }

  @Test
  void mountsAndCutOffWritesAreNoChanges() throws IOException {
    write(folder, "skills/pdf/x", "x");
    write(folder, "skills/own/y", "y");
    write(folder, "y", "y");
    write(folder, "d/" + RootFolder.UNFINISHED + "1", "half");
    WorkspaceChanges changes = transfer.changesSince(Manifest.EMPTY);
    assertThat(changes.added()).containsExactly("y");
    assertThat(changes.skipped())
        .containsExactly(new Skipped("d/.paddock-unfinished-1", "a write that was cut off"));
  }

  @Test
  void aFileInOutputsTakesThePlaceOfItsNamesake() throws IOException {
    write(folder, "x", "plain");
    write(folder, "outputs/x", "output");
    write(folder, "outputs/deep", "file");
    write(folder, "deep/y", "below a file");
    Exported exported =
        transfer.copyOut(transfer.changesSince(Manifest.EMPTY), out, Optional.empty());
    assertThat(exported.yielded()).containsExactly("x");
    assertThat(exported.skipped())
        .containsExactly(new Skipped("deep/y", "a part of the path is not a folder"));
    assertThat(content(out)).isEqualTo(Map.of("x", "output", "deep", "file"));
  }

  @Test
  void whatIsInTheTargetIsReplacedOrNamed() throws IOException {
    Path elsewhere = write(temp, "elsewhere/target", "canary");
    write(out, "replaced", "old");
    Files.createDirectories(out.resolve("folder"));
    Files.createSymbolicLink(out.resolve("link"), elsewhere);
    Files.createSymbolicLink(out.resolve("linked"), elsewhere.getParent());
    for (String path : List.of("replaced", "folder", "link", "linked/target")) {
      write(folder, path, "new");
    }
    Exported exported =
        transfer.copyOut(transfer.changesSince(Manifest.EMPTY), out, Optional.empty());
    assertThat(exported.written()).extracting(Written::to).containsExactly("link", "replaced");
    assertThat(exported.written()).allMatch(Written::replaced);
    assertThat(exported.skipped())
        .extracting(Skipped::path)
        .containsExactly("folder", "linked/target");
    assertThat(out.resolve("replaced")).hasContent("new");
    assertThat(out.resolve("link")).isRegularFile().hasContent("new");
    assertThat(elsewhere).hasContent("canary");
  }

  @Test
  void theSourceIsNotChangedEvenWhenItLiesInTheTarget() throws IOException {
    Path target = temp;
    write(in, "f", "input");
    write(folder, "in/f", "overwritten");
    write(folder, "outputs/in/g", "added");
    write(folder, "inside", "fine");
    Exported exported =
        transfer.copyOut(transfer.changesSince(Manifest.EMPTY), target, Optional.of(in));
    assertThat(exported.written()).extracting(Written::to).containsExactly("inside");
    assertThat(exported.skipped())
        .extracting(Skipped::path)
        .containsExactly("outputs/in/g", "in/f");
    assertThat(content(in)).isEqualTo(Map.of("f", "input"));
  }

  @Test
  void preflightNamesWhatIsWrongAndChangesNothing() throws IOException {
    Path file = write(temp, "file", "x");
    Path missing = temp.resolve("missing");
    assertFails(ErrorCode.NOT_FOUND, "no such folder", () -> preflight(missing, out));
    assertFails(ErrorCode.INVALID_REQUEST, "is not a folder", () -> preflight(file, out));
    assertFails(
        ErrorCode.INVALID_REQUEST, "is not a folder", () -> preflight(in, file.resolve("x")));
    assertFails(ErrorCode.INVALID_REQUEST, "lies in the input folder", () -> preflight(in, in));
    assertFails(
        ErrorCode.INVALID_REQUEST,
        "lies in the input folder",
        () -> preflight(in, in.resolve("a/../b")));
    Path link = Files.createSymbolicLink(temp.resolve("link"), in);
    assertFails(
        ErrorCode.INVALID_REQUEST,
        "lies in the input folder",
        () -> preflight(in, link.resolve("x")));
    assertFails(
        ErrorCode.INVALID_REQUEST,
        "lies in the input folder",
        () -> preflight(link, in.resolve("x")));
    assertFails(
        ErrorCode.PERMISSION_DENIED, "cannot write to", () -> preflight(in, Path.of("/proc/out")));
    preflight(in, out);
    preflight(in, temp.resolve("in-beside"));
    assertThat(in).isEmptyDirectory();
    assertThat(out).doesNotExist();
  }

  private static void preflight(Path source, Path target) {
    TransferFolders.preflight(Optional.of(source), Optional.of(target));
  }

  @Test
  void whatCannotBeReadIsNamedAndNotTakenForDeleted() throws IOException {
    Assumptions.assumeFalse(TestingArena.root(), "root reads everything");
    forbid(write(in, "closed", "x"));
    write(in, "folder/inside", "x");
    write(in, "file", "x");
    Imported imported = transfer.copyIn(in);
    assertThat(imported.skipped()).containsExactly(new Skipped("closed", "permission denied"));
    write(folder, "file", "changed");
    forbid(folder.resolve("file"));
    forbid(write(folder, "new", "added"));
    forbid(folder.resolve("folder"));
    WorkspaceChanges changes = transfer.changesSince(imported.manifest());
    Exported exported = transfer.copyOut(changes, out, Optional.of(in));
    assertThat(changes.deleted()).isEmpty();
    assertThat(exported.written()).isEmpty();
    assertThat(exported.skipped())
        .containsExactlyInAnyOrder(
            new Skipped("folder", "permission denied"),
            new Skipped("file", "permission denied"),
            new Skipped("new", "permission denied"));
    Files.setPosixFilePermissions(
        folder.resolve("folder"), PosixFilePermissions.fromString("rwx------"));
  }

  private static void forbid(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
  }

  @Test
  void hostileNamesGoOutAsTheyAre() throws Exception {
    String script =
        """
        cd "$1"; mkdir -p outputs; printf x > outputs/$'a\\nb'; printf x > outputs/$'bad\\xff'
        printf x > outputs/-rf; printf x > "outputs/$(printf 'n%.0s' $(seq 255))"
        """;
    run("bash", "-c", script, "bash", folder.toString());
    Exported exported =
        transfer.copyOut(transfer.changesSince(Manifest.EMPTY), out, Optional.empty());
    assertThat(exported.skipped()).isEmpty();
    assertThat(exported.written())
        .extracting(Written::to)
        .containsExactlyInAnyOrder("a\\x0ab", "bad\\xff", "-rf", "n".repeat(255));
    run("bash", "-c", "cd \"$1\"; test -f $'a\\nb' && test -f $'bad\\xff'", "bash", out.toString());
  }

  @Test
  void outputsBecomeBlobsAndUntouchedOnesAreNotReadAgain() throws IOException {
    TestingBlobs blobs = new TestingBlobs();
    TransferLimits limits = new TransferLimits(100, 1_000, 1_500);
    assertThat(OutputFiles.collect(workspace, blobs, OutputFiles.NONE, limits))
        .isEqualTo(OutputFiles.NONE);
    write(folder, "outputs/a/b.txt", "content");
    write(folder, "outputs/large", "x".repeat(1_001));
    Files.createSymbolicLink(folder.resolve("outputs/link"), temp);
    Instant later = Instant.now().plusSeconds(1);
    OutputFiles first = OutputFiles.collect(workspace, blobs, OutputFiles.NONE, limits, later);
    String sha256 = TestingBlobs.sha256("content".getBytes(StandardCharsets.UTF_8));
    assertThat(first.files()).containsOnlyKeys("a/b.txt");
    assertThat(first.files().values()).extracting(Manifest.Entry::sha256).containsExactly(sha256);
    assertThat(blobs.contains(sha256)).isTrue();
    assertThat(first.skipped())
        .containsExactly(
            new Skipped("outputs/large", "it has 1,001 bytes, and 1,000 are left"),
            new Skipped("outputs/link", "it is a link"));
    Files.writeString(folder.resolve("outputs/c"), "more");
    OutputFiles second = OutputFiles.collect(workspace, blobs, first, limits, later);
    assertThat(second.files().get("a/b.txt")).isEqualTo(first.files().get("a/b.txt"));
    assertThat(second.files()).containsOnlyKeys("a/b.txt", "c");
    assertThat(blobs.puts).hasValue(2);
    blobs.clear();
    OutputFiles.collect(workspace, blobs, second, limits, later);
    assertThat(blobs.contains(sha256)).as("a lost blob is stored again").isTrue();
  }

  @Test
  void anOutputThatJustChangedIsReadAgain() throws IOException {
    TestingBlobs blobs = new TestingBlobs();
    Instant changed = Files.getLastModifiedTime(write(folder, "outputs/f", "x")).toInstant();
    OutputFiles before = OutputFiles.NONE;
    for (int i = 0; i < 3; i++) {
      before = OutputFiles.collect(workspace, blobs, before, TransferLimits.DEFAULT, changed);
    }
    assertThat(blobs.puts).hasValue(3);
  }

  @Test
  void outputsThatAreALinkAreNotFollowed() throws IOException {
    write(temp, "elsewhere/secret", "canary");
    Files.createSymbolicLink(folder.resolve("outputs"), temp.resolve("elsewhere"));
    OutputFiles found =
        OutputFiles.collect(
            workspace, new TestingBlobs(), OutputFiles.NONE, TransferLimits.DEFAULT);
    assertThat(found.files()).isEmpty();
    assertThat(found.skipped()).extracting(Skipped::path).containsExactly("outputs");
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
