package dev.paddock.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.SessionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the world does to a home: each a clear error, none a further damage. */
final class DamageTest {
  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  private static void assertFails(ErrorCode code, String words, Path home) {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> SqliteStore.open(home).close())
        .withMessageContaining(words)
        .withMessageContaining(home.toString())
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void onlyTheOwnerMayEnterAHome() throws IOException {
    Path home = Files.createDirectory(folder.resolve("home"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (Store store = SqliteStore.open(home)) {
      String blob = store.blobs().put(new byte[] {1});
      assertThat(mode(home)).isEqualTo("rwx------");
      assertThat(mode(home.resolve("paddock.db"))).isEqualTo("rw-------");
      assertThat(mode(home.resolve("paddock.db-wal"))).isEqualTo("rw-------");
      assertThat(mode(home.resolve("files/sha256").resolve(blob.substring(0, 2)).resolve(blob)))
          .isEqualTo("rw-------");
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void aTornLastWriteLosesOnlyWhatItTore() throws Exception {
    Random random = new Random(7);
    Path home = folder.resolve("home");
    Path database = home.resolve("paddock.db");
    Path log = home.resolve("paddock.db-wal");
    try (Store store = SqliteStore.open(home)) {
      SessionId id = TestingEvents.create(store.sessions(), "first");
      long whole = Files.size(log);
      for (int i = 0; i < 40; i++) {
        store.sessions().append(id, TestingEvents.quick("event " + i));
      }
      byte[] bytes = Files.readAllBytes(log);
      for (int round = 0; round < 12; round++) {
        int cut = random.nextInt((int) whole, bytes.length);
        Path torn = Files.createDirectory(folder.resolve("torn " + round));
        // Reading the database with cp, as closing it in this process would drop SQLite's locks.
        assertThat(new ProcessBuilder("cp", database.toString(), torn.toString()).start().waitFor())
            .isZero();
        try (FileChannel out =
            FileChannel.open(
                torn.resolve("paddock.db-wal"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)) {
          out.write(ByteBuffer.wrap(bytes, 0, cut));
          if (round % 2 == 0) {
            byte[] garbage = new byte[random.nextInt(1, 9000)];
            random.nextBytes(garbage);
            out.write(ByteBuffer.wrap(garbage));
          }
        }
        try (Store recovered = SqliteStore.open(torn)) {
          Verification verification = recovered.verify(id);
          assertThat(verification.broken()).isEmpty();
          assertThat(verification.entries()).isBetween(1L, 41L);
          assertThat(recovered.sessions().append(id, TestingEvents.append("next")).lastSequence())
              .isEqualTo(verification.entries() + 1);
        }
      }
    }
  }

  @Test
  void refusesADatabaseOfANewerVersion() throws Exception {
    Path home = folder.resolve("home");
    SqliteStore.open(home).close();
    TestingSql.run(home, "PRAGMA user_version = 99");
    byte[] before = Files.readAllBytes(home.resolve("paddock.db"));
    assertFails(ErrorCode.NEWER_VERSION, "version 99", home);
    assertThat(Files.readAllBytes(home.resolve("paddock.db"))).isEqualTo(before);
    TestingSql.run(home, "PRAGMA user_version = " + Migrations.SQLITE.latest());
    SqliteStore.open(home).close();
  }

  @Test
  void refusesWhatIsNoDatabase() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    byte[] text = "This is a letter, not a database. ".repeat(200).getBytes(UTF_8);
    Files.write(home.resolve("paddock.db"), text);
    assertFails(ErrorCode.CORRUPT, "restore a backup", home);
    assertThat(Files.readAllBytes(home.resolve("paddock.db"))).isEqualTo(text);
  }

  @Test
  void refusesTheDatabaseOfAnotherProgram() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    TestingSql.run(home, "CREATE TABLE recipes (name TEXT)");
    byte[] before = Files.readAllBytes(home.resolve("paddock.db"));
    assertFails(ErrorCode.CORRUPT, "not a database of Paddock", home);
    assertThat(Files.readAllBytes(home.resolve("paddock.db"))).isEqualTo(before);
  }

  @Test
  void aHomeMayBeALinkToAFolder() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path home = Files.createSymbolicLink(folder.resolve("home"), real);
    SqliteStore.open(home).close();
    assertThat(real.resolve("paddock.db")).isRegularFile();
  }

  @Test
  void refusesAFileAsHome() throws IOException {
    Path home = Files.writeString(folder.resolve("home"), "a file");
    assertFails(ErrorCode.INVALID_REQUEST, "not a folder", home);
  }

  @Test
  void saysThatAnEventIsUnreadable() throws Exception {
    Path home = folder.resolve("home");
    SessionId id;
    try (Store store = SqliteStore.open(home)) {
      id = TestingEvents.create(store.sessions(), "one", "two");
    }
    TestingSql.run(
        home, "UPDATE events SET stored = CAST('{\"form\":1,' AS BLOB) WHERE sequence = 2");
    try (Store store = SqliteStore.open(home)) {
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> store.sessions().readAll(id))
          .withMessageContaining("event 2")
          .withMessageContaining("sessions verify")
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    }
  }

  @Test
  void aFullDiskFailsOneAppendAndDamagesNothing() throws Exception {
    List<String> lines =
        inNamespace(
            "mount -t tmpfs -o size=3m tmpfs \"$1\" && head -c 1m /dev/zero > \"$1/ballast\"",
            "fill",
            folder.resolve("home").toString(),
            folder.resolve("ballast").toString());
    assertThat(lines.getFirst())
        .startsWith("DISK_FULL true no space left on the disk of")
        .contains("Free some space");
    assertThat(lines.subList(1, lines.size()))
        .containsExactly("DISK_FULL", "true", "true", "after");
  }

  @Test
  void aReadOnlyFolderIsSaidToBeOne() throws Exception {
    Path home = folder.resolve("home");
    SessionId id;
    try (Store store = SqliteStore.open(home)) {
      id = TestingEvents.create(store.sessions(), "kept");
    }
    String readOnly = "mount --bind \"$1\" \"$1\" && mount -o remount,ro,bind \"$1\"";
    assertThat(inNamespace(readOnly, "open", home.toString()).getFirst())
        .startsWith("READ_ONLY cannot write")
        .contains("set PADDOCK_HOME");
    assertThat(inNamespace(readOnly, "open", folder.resolve("other").toString()).getFirst())
        .startsWith("READ_ONLY cannot write")
        .contains("set PADDOCK_HOME");
    try (Store store = SqliteStore.open(home)) {
      assertThat(store.verify(id).entries()).isEqualTo(1);
    }
  }

  /** Runs a process after a mount that only it can see; $1 is the test's folder. */
  private List<String> inNamespace(String mount, String... args) throws Exception {
    List<String> unshare = unshare();
    List<String> wrapper = new ArrayList<>(unshare);
    wrapper.addAll(
        List.of("sh", "-c", mount + " && shift && exec \"$@\"", "sh", folder.toString()));
    try (TestingProcess process = TestingProcess.start(wrapper, args)) {
      List<String> lines = process.rest();
      assertThat(process.exitCode()).isZero();
      return lines;
    }
  }

  private static List<String> unshare() throws Exception {
    List<String> asUser = List.of("unshare", "--map-root-user", "--mount");
    List<String> asRoot = List.of("unshare", "--mount");
    for (List<String> command : List.of(asUser, asRoot)) {
      if (works(command)) {
        return command;
      }
    }
    return abort("this machine gives no private mount namespace (unshare --mount)");
  }

  private static boolean works(List<String> command) throws InterruptedException {
    List<String> probe = new ArrayList<>(command);
    probe.addAll(List.of("mount", "-t", "tmpfs", "tmpfs", "/mnt"));
    try {
      return new ProcessBuilder(probe).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
