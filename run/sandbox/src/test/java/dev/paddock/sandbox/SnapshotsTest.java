package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotsTest {
  private final TestingBlobs blobs = new TestingBlobs();
  @TempDir Path temp;
  private Path folder;
  private Workspace workspace;
  private Snapshots snapshots;

  @BeforeEach
  void open() throws IOException {
    folder = Files.createDirectory(temp.resolve("workspace"));
    Path skill = Files.createDirectory(temp.resolve("skill"));
    Files.writeString(skill.resolve("SKILL.md"), "the skill");
    workspace = Workspace.open(folder, List.of(new ReadOnlyMount(skill, "/workspace/skills/pdf")));
    snapshots = new Snapshots(blobs, temp.resolve("work"), SnapshotLimits.DEFAULT);
  }

  /** JUnit warns of each link that leads out. */
  @AfterEach
  void close() throws IOException {
    workspace.close();
    snapshots.close();
    try (Stream<Path> all = Files.list(temp)) {
      all.filter(Files::isDirectory).forEach(WorkspaceRemoval::remove);
    }
  }

  private Path write(String path, String content) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private void fill() throws IOException {
    Path script = write("bin/run.sh", "#!/bin/sh\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x--x"));
    Path old = write("src/deep/er/Old.java", "class Old {}");
    Files.setLastModifiedTime(old, FileTime.from(Instant.parse("1969-03-01T10:00:00.123456789Z")));
    write("empty", "");
    write("long/" + "n".repeat(200) + "/" + "m".repeat(200), "a long name");
    write("größe/数 \n.txt", "another alphabet");
    Files.createLink(folder.resolve("src/same.java"), old);
    Files.createSymbolicLink(folder.resolve("to-old"), Path.of("src/deep/er/Old.java"));
    Files.createSymbolicLink(folder.resolve("out"), Path.of("/usr/bin/python3"));
    Files.createSymbolicLink(folder.resolve("nowhere"), Path.of("t".repeat(300)));
    Path shut = Files.createDirectories(folder.resolve("shut/inside"));
    Files.writeString(shut.resolve("file"), "x");
    Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("r-xr-x---"));
    Files.setLastModifiedTime(
        folder.resolve("shut"), FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
  }

  /** What {@code find} sees of every name: kind, mode, size, time, target. */
  private static Map<String, String> seen(Path root) throws Exception {
    Process find =
        new ProcessBuilder(
                "find", ".", "-mindepth", "1", "-printf", "%P\\001%y %m %s %T@ %l %n\\002")
            .directory(root.toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(find.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(find.waitFor()).as(out).isZero();
    Map<String, String> seen = new TreeMap<>();
    for (String line : out.split("\002")) {
      if (!line.isEmpty()) {
        String[] parts = line.split("\001");
        boolean isFolder = parts[1].startsWith("d");
        seen.put(parts[0], isFolder ? parts[1].replaceFirst("(d \\d+) \\d+", "$1") : parts[1]);
      }
    }
    return seen;
  }

  private static void assertFails(ErrorCode code, String message, Runnable action) {
    assertThatExceptionOfType(SandboxException.class)
        .isThrownBy(action::run)
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void aWorkspaceComesBackWithContentModesLinksAndTimes() throws Exception {
    fill();
    Snapshot taken = snapshots.take(workspace);
    Path target = temp.resolve("restored");
    snapshots.restore(taken.digest(), target);

    assertThat(seen(target)).isEqualTo(seen(folder));
    assertThat(target.resolve("src/same.java")).hasContent("class Old {}");
    assertThat(
            Files.isSameFile(
                target.resolve("src/same.java"), target.resolve("src/deep/er/Old.java")))
        .isTrue();
    assertThat(taken.manifest().files()).isEqualTo(6);
    assertThat(taken.manifest().skippedCount()).isZero();
  }

  @Test
  void theSameFilesAreTheSameSnapshotAndStoredOnce() throws IOException {
    fill();
    Snapshot first = snapshots.take(workspace);
    Snapshot second = snapshots.take(workspace);

    assertThat(second.digest()).isEqualTo(first.digest());
    assertThat(first.addedBytes()).isPositive();
    assertThat(second.addedBytes()).isZero();
  }

  @Test
  void aChangeStoresTheFilesAroundItOnly() throws IOException {
    byte[] content = new byte[64 << 10];
    Random random = new Random(7);
    for (int i = 0; i < 500; i++) {
      random.nextBytes(content);
      Path file = folder.resolve("d%02d/f%03d.bin".formatted(i % 20, i));
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    }
    Snapshot first = snapshots.take(workspace);
    write("d07/f007.bin", "changed");
    Files.delete(folder.resolve("d13/f013.bin"));
    Snapshot second = snapshots.take(workspace);

    assertThat(first.addedBytes()).isGreaterThan(500L * (64 << 10));
    assertThat(second.addedBytes())
        .as("parts of %s", first.manifest().parts())
        .isLessThan(first.addedBytes() / 3);
    snapshots.restore(second.digest(), temp.resolve("restored"));
    assertThat(temp.resolve("restored/d07/f007.bin")).hasContent("changed");
  }

  @Test
  void whatGrowsAtItsEndIsStoredFromThereOn() throws IOException {
    byte[] content = new byte[30 << 20];
    new Random(3).nextBytes(content);
    Path log = Files.write(folder.resolve("big.log"), content);
    Snapshot first = snapshots.take(workspace);
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.seek(content.length);
      file.write(new byte[] {1, 2, 3});
    }
    Snapshot second = snapshots.take(workspace);

    // The header is new, and so is the end: the first and the last of four parts.
    assertThat(first.addedBytes()).isGreaterThan(content.length);
    assertThat(second.addedBytes()).isLessThan(first.addedBytes() * 2 / 3);
    snapshots.restore(second.digest(), temp.resolve("restored"));
    assertThat(Files.mismatch(log, temp.resolve("restored/big.log"))).isEqualTo(-1);
  }

  @Test
  void mountsAndSpecialFilesStayOutAndTheLatterAreNamed() throws Exception {
    write("skills/pdf/fake", "covered by the mount");
    write("kept", "kept");
    run("mkfifo", "pipe");
    run("python3", "-c", "import socket; socket.socket(socket.AF_UNIX).bind('socket')");
    write(".paddock-unfinished-abc", "cut off");
    Snapshot taken = snapshots.take(workspace);

    assertThat(taken.manifest().entries()).extracting(TreeEntry::path).containsExactly("kept");
    assertThat(taken.manifest().skipped())
        .extracting(s -> s.path() + ": " + s.reason())
        .containsExactlyInAnyOrder(
            "pipe: it is a pipe",
            "socket: it is a socket",
            ".paddock-unfinished-abc: a write that was cut off");
  }

  private void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void aForkHasFilesOfItsOwn() throws Exception {
    fill();
    Path fork = temp.resolve("fork");
    int before = blobs.puts.get();
    snapshots.copy(workspace, List.of(), fork);

    assertThat(seen(fork)).isEqualTo(seen(folder));
    assertThat(blobs.puts.get()).isEqualTo(before);
    Files.writeString(fork.resolve("empty"), "the fork's");
    assertThat(folder.resolve("empty")).isEmptyFile();
  }

  @Test
  void tarAndZstdReadWhatIsExported() throws Exception {
    fill();
    Snapshot taken = snapshots.take(workspace);
    Path file = temp.resolve("snapshot.tar.zst");
    try (OutputStream out = Files.newOutputStream(file)) {
      snapshots.export(taken.digest(), out);
    }
    Path unpacked = Files.createDirectory(temp.resolve("unpacked"));
    Process tar =
        new ProcessBuilder(
                "sh",
                "-c",
                "zstd -dc \"$1\" | tar x -p --no-same-owner -C \"$2\"",
                "sh",
                file.toString(),
                unpacked.toString())
            .inheritIO()
            .start();

    assertThat(tar.waitFor()).isZero();
    assertThat(seen(unpacked)).isEqualTo(seen(folder));
  }

  @Test
  void whatTarWroteComesInInEachOfItsFormats() throws Exception {
    fill();
    Files.delete(folder.resolve("out"));
    for (String format : List.of("gnu", "pax", "posix")) {
      Path file = temp.resolve(format + ".tar.zst");
      Process tar =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "tar c --format=$1 -C \"$2\" . | zstd -q -o \"$3\"",
                  "sh",
                  format,
                  folder.toString(),
                  file.toString())
              .inheritIO()
              .start();
      assertThat(tar.waitFor()).isZero();
      Snapshot taken;
      try (var in = Files.newInputStream(file)) {
        taken = snapshots.take(in);
      }
      Path target = temp.resolve("from-" + format);
      snapshots.restore(taken.digest(), target);
      if (format.equals("gnu")) {
        assertThat(seen(target).keySet()).isEqualTo(seen(folder).keySet());
      } else {
        assertThat(seen(target)).isEqualTo(seen(folder));
      }
    }
  }

  @Test
  void aPartThatIsGoneOrDamagedLeavesNoWorkspace() throws IOException {
    fill();
    Snapshot taken = snapshots.take(workspace);
    String part = taken.manifest().parts().getFirst().sha256();
    byte[] bytes = blobs.read(part, Long.MAX_VALUE).orElseThrow();
    Path target = temp.resolve("restored");

    blobs.remove(part);
    assertThat(snapshots.isWhole(taken)).isFalse();
    assertFails(ErrorCode.NOT_FOUND, "is gone", () -> snapshots.restore(taken.digest(), target));
    for (int bit : List.of(0, 8 * (bytes.length / 2), 8 * bytes.length - 1)) {
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      blobs.replace(part, flipped);
      assertFails(
          ErrorCode.CORRUPT, "another digest", () -> snapshots.restore(taken.digest(), target));
    }
    assertThat(target).doesNotExist();
    try (var left = Files.walk(temp.resolve("work"))) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith("tree"))).isEmpty();
    }
    blobs.replace(part, bytes);
    snapshots.restore(taken.digest(), target);
    assertThat(target.resolve("bin/run.sh")).exists();
  }

  @Test
  void aManifestThatSaysAnotherThingThanItsArchiveIsRefused() throws IOException {
    fill();
    Snapshot taken = snapshots.take(workspace);
    SnapshotManifest honest = taken.manifest();
    TreeEntry last =
        honest.entries().stream()
            .filter(entry -> entry.kind() == TreeEntry.Kind.FILE)
            .findFirst()
            .orElseThrow();
    for (List<TreeEntry> entries :
        List.of(
            honest.entries().subList(0, honest.entries().size() - 1),
            List.<TreeEntry>of(),
            honest.entries().stream()
                .map(e -> e.equals(last) ? e.withSha256("0".repeat(64)) : e)
                .toList())) {
      String digest =
          blobs.put(new SnapshotManifest(1, entries, honest.parts(), List.of(), 0).compressed());
      assertFails(ErrorCode.CORRUPT, "", () -> snapshots.restore(digest, temp.resolve("restored")));
    }
    List<TreeEntry> more = new java.util.ArrayList<>(honest.entries());
    more.add(TreeEntry.folder("added", 0755, 0));
    String digest =
        blobs.put(new SnapshotManifest(1, more, honest.parts(), List.of(), 0).compressed());
    assertFails(
        ErrorCode.CORRUPT,
        "added is missing",
        () -> snapshots.restore(digest, temp.resolve("restored")));
    assertThat(temp.resolve("restored")).doesNotExist();
  }

  @Test
  void theProofNamesWhateverDiffers() throws Exception {
    fill();
    Snapshot taken = snapshots.take(workspace);
    Path target = temp.resolve("restored");
    snapshots.restore(taken.digest(), target);
    Files.delete(target.resolve("empty"));
    Files.setPosixFilePermissions(
        target.resolve("bin/run.sh"), PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(target.resolve("shut/inside/file"), "y");
    Files.setLastModifiedTime(target.resolve("src"), FileTime.fromMillis(5));
    Files.writeString(target.resolve("added"), "");
    Files.delete(target.resolve("to-old"));
    Files.createSymbolicLink(target.resolve("to-old"), Path.of("elsewhere"));
    Files.delete(target.resolve("src/same.java"));
    Files.writeString(target.resolve("src/same.java"), "class Old {}");

    TreeScan.Scanned found;
    try (RootFolder root = RootFolder.open(target)) {
      found = TreeScan.of(root, path -> false, SnapshotLimits.DEFAULT, TreeSink.DIGESTS);
    }
    assertThat(RestoreProof.differences(taken.manifest().entries(), found))
        .anyMatch("empty is missing"::equals)
        .anyMatch("bin/run.sh: mode 644 instead of 751"::equals)
        .anyMatch("shut/inside/file: another content"::equals)
        .anyMatch("src: another time"::equals)
        .anyMatch("added should not be there"::equals)
        .anyMatch("to-old: it leads to elsewhere instead of src/deep/er/Old.java"::equals)
        .anyMatch(line -> line.startsWith("src/same.java: another kind"));
  }

  @Test
  void nothingIsPutInThePlaceOfFiles() throws IOException {
    fill();
    Snapshot taken = snapshots.take(workspace);
    assertFails(
        ErrorCode.CONFLICT, "not an empty folder", () -> snapshots.restore(taken.digest(), folder));
    Path empty = Files.createDirectory(temp.resolve("empty"));
    snapshots.restore(taken.digest(), empty);
    assertThat(empty.resolve("bin/run.sh")).exists();
  }

  @Test
  void limitsHoldWhenASnapshotIsTakenAndWhenItIsRestored() throws IOException {
    fill();
    Snapshot taken = snapshots.take(workspace);
    for (SnapshotLimits small :
        List.of(
            SnapshotLimits.DEFAULT.withMaxEntries(5),
            SnapshotLimits.DEFAULT.withMaxBytes(20),
            SnapshotLimits.DEFAULT.withMaxBytes(11))) {
      try (Snapshots limited = new Snapshots(blobs, temp.resolve("work"), small)) {
        assertFails(ErrorCode.LIMIT_EXCEEDED, "holds", () -> limited.take(workspace));
        assertFails(
            ErrorCode.LIMIT_EXCEEDED,
            "holds",
            () -> limited.restore(taken.digest(), temp.resolve("restored")));
      }
    }
  }

  @Test
  void aHugeFileOfHolesIsRefusedBeforeItIsRead() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("sparse").toFile(), "rw")) {
      file.setLength(5L << 30);
    }
    assertFails(ErrorCode.LIMIT_EXCEEDED, "sparse", () -> snapshots.take(workspace));
  }

  @Test
  void whatADeadProcessLeftOfARestoreIsRemoved() throws IOException {
    Path left = Files.createDirectories(temp.resolve("work/restoring-0badcafe/tree_x/half"));
    Files.writeString(left.resolve("file"), "half");
    new Snapshots(blobs, temp.resolve("work"), SnapshotLimits.DEFAULT).close();
    assertThat(temp.resolve("work/restoring-0badcafe")).doesNotExist();
  }

  @Test
  void aLinkOutIsKeptAsItsTextAndNeverFollowed() throws IOException {
    Path secret = Files.writeString(temp.resolve("secret"), "canary");
    Files.createSymbolicLink(folder.resolve("leak"), secret);
    Snapshot taken = snapshots.take(workspace);
    snapshots.restore(taken.digest(), temp.resolve("restored"));

    assertThat(taken.manifest().bytes()).isZero();
    assertThat(Files.readSymbolicLink(temp.resolve("restored/leak"))).isEqualTo(secret);
    try (Workspace restored = Workspace.open(temp.resolve("restored"), List.of())) {
      assertFails(ErrorCode.PERMISSION_DENIED, "leads outside", () -> restored.read("leak", 10));
    }
    assertThat(Files.exists(temp.resolve("restored/leak"), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }
}
