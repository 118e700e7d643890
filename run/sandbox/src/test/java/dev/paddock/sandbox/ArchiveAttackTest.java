package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attack 14: archives from outside, judged by a canary beside the folder they are unpacked in. */
class ArchiveAttackTest {
  private static final String CANARY = "the canary sings";
  private static final int ROUNDS = Boolean.getBoolean("paddock.soak") ? 300_000 : 1_000;

  private final TestingBlobs blobs = new TestingBlobs();
  @TempDir Path temp;
  private Path canary;
  private Snapshots snapshots;

  @BeforeEach
  void open() throws IOException {
    canary = Files.writeString(temp.resolve("canary"), CANARY);
    snapshots = limited(new SnapshotLimits(1_000, 64 << 20, 100 << 20, 10, 200));
  }

  private Snapshots limited(SnapshotLimits limits) {
    return new Snapshots(blobs, temp.resolve("work"), limits);
  }

  /** Whatever an archive did: nothing outside changed, nothing half is left. */
  @AfterEach
  void theCanarySings() throws IOException {
    snapshots.close();
    assertThat(canary).hasContent(CANARY);
    try (Stream<Path> all = Files.list(temp)) {
      assertThat(all.map(path -> path.getFileName().toString()))
          .isSubsetOf("canary", "work", "restored");
    }
    try (Stream<Path> left = Files.walk(temp.resolve("work"))) {
      assertThat(left.count()).isEqualTo(1);
    }
  }

  private void assertRefused(ErrorCode code, String message, InputStream archive) {
    assertThatExceptionOfType(SandboxException.class)
        .isThrownBy(() -> snapshots.take(archive))
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  private void assertRefused(String message, TestingTar archive) {
    assertRefused(ErrorCode.INVALID_REQUEST, message, archive.compressed());
  }

  private static TestingTar tar() {
    return new TestingTar();
  }

  @Test
  void attack14PathsThatLeadUp() {
    for (String path : List.of("../canary", "a/../../canary", "a/..", "..", "a//b", "a/./b", "")) {
      assertRefused("plainly below", tar().folder("a").file(path, "x"));
      assertRefused("plainly below", tar().folder("a").pax("path", path).file("fine", "x"));
    }
    assertRefused("plainly below", tar().folder("../canary/"));
    assertRefused(
        "plainly below",
        tar()
            .entry("../canary", 'L', "", "../canary\0".getBytes(StandardCharsets.US_ASCII), 0644)
            .file("fine", "x"));
  }

  @Test
  void attack14AbsolutePaths() {
    assertRefused("absolute", tar().file(canary.toString(), "x"));
    assertRefused("absolute", tar().pax("path", canary.toString()).file("fine", "x"));
    assertRefused("plainly below", tar().file(".//etc/passwd", "x"));
  }

  @Test
  void attack14ZeroBytesInNames() {
    assertRefused("zero byte", tar().pax("path", "fine\0/../../canary").file("fine", "x"));
    assertRefused("zero byte", tar().pax("linkpath", "a\0b").link("fine", "x"));
  }

  @Test
  void attack14LinksThatLeadOut() {
    for (String target :
        List.of(canary.toString(), "../canary", "a/../../canary", "a/..", "b/../../..")) {
      assertRefused("not in the archive", tar().folder("a").link("b", target));
    }
    assertRefused("not in the archive", tar().folder("a").link("a/b", "../../canary"));
    assertRefused("plainly below", tar().entry("a", '1', "", new byte[0], 0644));
    assertRefused("could be", tar().link("a", ""));
  }

  @Test
  void attack14FilesThroughLinks() {
    assertRefused(
        "something else than folders",
        tar().folder("a").link("b", "a").file("b/written-through", "x"));
    assertRefused(
        "something else than folders", tar().link("b", "b").file("b/written-through", "x"));
    assertRefused("something else than folders", tar().file("b", "").file("b/below-a-file", "x"));
    assertRefused("occurs twice", tar().file("a", "").link("b", "a").file("b", "x"));
    assertRefused("occurs twice", tar().folder("a").link("b", "a").folder("b"));
  }

  @Test
  void attack14HardLinks() {
    assertRefused("absolute", tar().hardLink("a", canary.toString()));
    assertRefused("plainly below", tar().hardLink("a", "../canary"));
    assertRefused("no file before it", tar().hardLink("a", "b").file("b", ""));
    assertRefused("no file before it", tar().folder("b").hardLink("a", "b"));
    assertRefused("no file before it", tar().link("b", "c").hardLink("a", "b"));
    assertRefused("has content", tar().file("b", "").entry("a", '1', "b", new byte[1], 0644));
  }

  @Test
  void attack14DevicesPipesAndWhatIsNotKnown() {
    assertRefused("is a device", tar().entry("a", '3', "", new byte[0], 0644));
    assertRefused("is a device", tar().entry("a", '4', "", new byte[0], 0644));
    assertRefused("is a pipe", tar().entry("a", '6', "", new byte[0], 0644));
    assertRefused("sparse", tar().entry("a", 'S', "", new byte[0], 0644));
    assertRefused("unknown type", tar().entry("a", 'V', "", new byte[0], 0644));
    assertRefused("GNU.sparse.size", tar().pax("GNU.sparse.size", "9").file("a", "x"));
  }

  @Test
  void attack14SetIdBitsAreNotKept() throws IOException {
    Snapshot taken =
        snapshots.take(
            tar()
                .entry("root", '0', "", new byte[0], 06755)
                .entry("folder/", '5', "", new byte[0], 07755)
                .compressed());
    snapshots.restore(taken.digest(), temp.resolve("restored"));
    assertThat(Files.getAttribute(temp.resolve("restored/root"), "unix:mode")).isEqualTo(0100755);
    assertThat(Files.getAttribute(temp.resolve("restored/folder"), "unix:mode")).isEqualTo(040755);
  }

  @Test
  void attack14NamesThatOccurTwice() {
    assertRefused("occurs twice", tar().file("a", "1").file("a", "2"));
    assertRefused("occurs twice", tar().file("a", "1").file("./a", "2"));
    assertRefused("occurs twice", tar().folder("a").folder("a"));
    assertRefused("occurs twice", tar().folder("a").file("a", ""));
    assertRefused("twice", tar().pax("path", "a").pax("path", "b").file("c", ""));
  }

  @Test
  void attack14FoldersThatAreLeftOutAreMadeOnce() throws IOException {
    Snapshot taken =
        snapshots.take(
            tar().file("a/b/c", "x").entry("a/b", '5', "", new byte[0], 0500).compressed());
    snapshots.restore(taken.digest(), temp.resolve("restored"));
    assertThat(temp.resolve("restored/a/b/c")).hasContent("x");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(temp.resolve("restored/a/b"))))
        .isEqualTo("r-x------");
  }

  @Test
  void attack14BombsBySizeRatioCountAndDepth() throws IOException {
    byte[] large = new byte[17 << 20];
    assertRefused(
        ErrorCode.LIMIT_EXCEEDED,
        "200 times its size",
        tar().entry("zeros", '0', "", large, 0644).compressed());
    assertRefused(
        ErrorCode.LIMIT_EXCEEDED,
        "a file may have",
        tar().entry("a", '0', "", new byte[0], 0644, (1L << 33) - 1).compressed());
    TestingTar many = tar();
    for (int i = 0; i < 1_001; i++) {
      many.file("f" + i, "");
    }
    assertRefused(ErrorCode.LIMIT_EXCEEDED, "files and folders", many.compressed());
    assertRefused(
        ErrorCode.LIMIT_EXCEEDED, "deeper", tar().file("a/a/a/a/a/a/a/a/a/a/a", "").compressed());
    assertRefused("longer than", tar().pax("path", "a/".repeat(2_100) + "b").file("x", ""));
    assertRefused("longer than", tar().pax("path", "a".repeat(256)).file("x", ""));
  }

  @Test
  void attack14ABombOfIncompressibleBytes() {
    Random random = new Random(5);
    byte[] content = new byte[30 << 20];
    random.nextBytes(content);
    TestingTar tar = tar();
    for (int i = 0; i < 4; i++) {
      tar.entry("f" + i, '0', "", content, 0644);
    }
    assertRefused(ErrorCode.LIMIT_EXCEEDED, "more than 104,857,600 bytes", tar.compressed());
  }

  @Test
  void attack14ABombBehindTheEndAndInExtendedHeaders() throws IOException {
    ByteArrayOutputStream zeros = new ByteArrayOutputStream();
    try (OutputStream zstd = new ZstdOutputStream(zeros)) {
      zstd.write(tar().file("a", "").bytes());
      for (int i = 0; i < 100; i++) {
        zstd.write(new byte[1 << 20]);
      }
    }
    assertRefused(
        ErrorCode.LIMIT_EXCEEDED, "times its size", new ByteArrayInputStream(zeros.toByteArray()));
    assertRefused(
        "extended header of",
        tar().entry("pax", 'x', "", new byte[(64 << 10) + 1], 0644).file("a", ""));
    byte[] twoInOne = new byte[4096];
    byte[] one = tar().file("a", "").bytes();
    System.arraycopy(one, 0, twoInOne, 0, one.length);
    twoInOne[4000] = 1;
    assertRefused(
        ErrorCode.INVALID_REQUEST,
        "behind its end",
        new ByteArrayInputStream(Zstd.compress(twoInOne)));
  }

  @Test
  void attack14CutOffAnywhere() {
    byte[] plain = tar().folder("a").file("a/b", "content").file("c", "x".repeat(700)).bytes();
    for (int length = 0; length < plain.length - 512; length += 97) {
      byte[] cut = Zstd.compress(Arrays.copyOf(plain, length));
      assertRefused(ErrorCode.CORRUPT, "ends too early", new ByteArrayInputStream(cut));
    }
    byte[] whole = Zstd.compress(plain);
    for (int length = 0; length < whole.length; length++) {
      assertRefused(ErrorCode.CORRUPT, "", new ByteArrayInputStream(Arrays.copyOf(whole, length)));
    }
  }

  @Test
  void attack14NotZstdNotTar() {
    assertRefused(
        ErrorCode.CORRUPT, "no whole zstd", new ByteArrayInputStream(tar().file("a", "").bytes()));
    assertRefused(ErrorCode.CORRUPT, "checksum", new ByteArrayInputStream(Zstd.compress(text())));
  }

  private static byte[] text() {
    byte[] bytes = new byte[2048];
    Arrays.fill(bytes, (byte) 'a');
    Arrays.fill(bytes, 148, 156, (byte) '0');
    return bytes;
  }

  @Test
  void attack14AnyBitFlippedInASnapshot() throws IOException {
    Snapshot taken =
        snapshots.take(tar().folder("a").file("a/b", "content").link("c", "a/b").compressed());
    Path target = temp.resolve("restored");
    for (String blob : taken.blobs()) {
      byte[] honest = blobs.read(blob, Long.MAX_VALUE).orElseThrow();
      for (int bit = 0; bit < 8 * honest.length; bit += 13) {
        byte[] flipped = honest.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        blobs.replace(blob, flipped);
        assertThatExceptionOfType(SandboxException.class)
            .isThrownBy(() -> snapshots.restore(taken.digest(), target))
            .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
        assertThat(target).doesNotExist();
      }
      blobs.replace(blob, honest);
    }
  }

  /** What anybody could put into a store: manifest and archive fit each other and are hostile. */
  @Test
  void attack14ASnapshotThatWasMadeToAttack() {
    record Forged(TestingTar tar, List<TreeEntry> entries) {}
    TreeEntry link = TreeEntry.link("b", 1_000_000_000_000_000_000L, temp.toString());
    TreeEntry through =
        TreeEntry.file("b/canary", 0644, 1_000_000_000_000_000_000L, 1).withSha256(Sha256.hex("x"));
    List<Forged> attacks =
        List.of(
            new Forged(
                tar().link("b", temp.toString()).file("b/canary", "x"), List.of(link, through)),
            new Forged(
                tar().file("../canary", "x"),
                List.of(
                    TreeEntry.file("../canary", 0644, 1_000_000_000_000_000_000L, 1)
                        .withSha256(Sha256.hex("x")))),
            new Forged(
                tar().hardLink("a", "../canary"), List.of(TreeEntry.hardLink("a", "../canary"))));
    for (Forged attack : attacks) {
      byte[] bytes = attack.tar().bytes();
      String part = blobs.put(Zstd.compress(bytes));
      String digest =
          blobs.put(
              new SnapshotManifest(
                      1,
                      attack.entries(),
                      List.of(new SnapshotManifest.Part(part, bytes.length)),
                      List.of(),
                      0)
                  .compressed());
      assertThatExceptionOfType(SandboxException.class)
          .isThrownBy(() -> snapshots.restore(digest, temp.resolve("restored")))
          .satisfies(e -> assertThat(e.code()).isIn(ErrorCode.INVALID_REQUEST, ErrorCode.CORRUPT));
      assertThat(temp.resolve("restored")).doesNotExist();
    }
  }

  /**
   * Seeded; {@code -Dpaddock.soak=true} for 300,000. Every outcome is a snapshot or an error of
   * ours, and nothing is ever made outside.
   */
  @Test
  void attack14FuzzedArchives() {
    Random random = new Random(20_261_124);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] plain = randomTar(random).bytes();
      int flips = random.nextInt(4);
      for (int i = 0; i < flips; i++) {
        plain[random.nextInt(plain.length)] ^= (byte) (1 << random.nextInt(8));
      }
      if (random.nextInt(8) == 0) {
        plain = Arrays.copyOf(plain, random.nextInt(plain.length));
      }
      byte[] archive = Zstd.compress(plain);
      if (random.nextInt(8) == 0) {
        archive[random.nextInt(archive.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        Snapshot taken = snapshots.take(new ByteArrayInputStream(archive));
        assertThat(taken.manifest().entries()).allMatch(e -> !e.path().startsWith("/"));
      } catch (SandboxException e) {
        assertThat(e.code())
            .as("round %d: %s", round, e.getMessage())
            .isIn(ErrorCode.INVALID_REQUEST, ErrorCode.CORRUPT, ErrorCode.LIMIT_EXCEEDED);
      }
    }
    assertThat(Files.exists(temp.resolve("restored"), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  private static TestingTar randomTar(Random random) {
    TestingTar tar = tar();
    for (int i = random.nextInt(6); i >= 0; i--) {
      if (random.nextInt(4) == 0) {
        tar.pax(
            pick(random, "path", "linkpath", "size", "mtime", "uid", "GNU.sparse.name"),
            pick(random, name(random), "1", "-1.5", "99999999999999999999", ""));
      }
      char type =
          pick(random, "0", "0", "0", "5", "5", "2", "1", "7", "3", "L", "K", "g").charAt(0);
      byte[] content =
          type == '0' || type == 'L' || type == 'K'
              ? name(random).getBytes(StandardCharsets.ISO_8859_1)
              : new byte[0];
      tar.entry(name(random), type, name(random), content, random.nextInt(07777));
    }
    return tar;
  }

  private static String name(Random random) {
    StringBuilder name = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      name.append(pick(random, "a", "b", "c", "..", ".", "", "canary", "\u00ff", "x\\x2fy"));
      name.append(i > 0 || random.nextInt(6) == 0 ? "/" : "");
    }
    return (random.nextInt(10) == 0 ? "/" : "") + name;
  }

  private static String pick(Random random, String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
