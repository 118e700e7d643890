package dev.paddock.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BackupTest {
  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  @SuppressWarnings("NullAway.Init")
  private Store store;

  @SuppressWarnings("NullAway.Init")
  private SessionId id;

  @SuppressWarnings("NullAway.Init")
  private String blob;

  @SuppressWarnings("NullAway.Init")
  private Path archive;

  @SuppressWarnings("NullAway.Init")
  private Path target;

  @BeforeEach
  void open() {
    archive = folder.resolve("backup.zip");
    target = folder.resolve("target");
    store = SqliteStore.open(folder.resolve("home"));
    blob = store.blobs().put("a file".getBytes(UTF_8));
    id = TestingEvents.create(store.sessions(), "one", "two " + blob);
    store.resources().create("agent", "a1", WorkspaceId.DEFAULT, Json.object().put("x", 1));
    store.cursors().advance("feed", 2);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void restoresEverything() throws Exception {
    store.backup(archive);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
        .isEqualTo("rw-------");
    SqliteStore.restore(archive, target, false);
    try (Store restored = SqliteStore.open(target)) {
      assertThat(restored.sessions().readAll(id)).isEqualTo(store.sessions().readAll(id));
      assertThat(restored.verify(id).intact()).isTrue();
      assertThat(restored.resources().find("agent", "a1"))
          .isEqualTo(store.resources().find("agent", "a1"));
      assertThat(restored.cursors().position("feed")).isEqualTo(2);
      assertThat(restored.blobs().read(blob, 100)).hasValue("a file".getBytes(UTF_8));
      assertThat(restored.sessions().append(id, TestingEvents.append("three")).entries().getFirst())
          .satisfies(entry -> assertThat(entry.position()).isEqualTo(3));
    }
    assertThat(TestingSql.number(target, "PRAGMA auto_vacuum")).isEqualTo(2);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("backup.zip", "home", "target");
    }
  }

  @Test
  void isWholeWhileTheStoreIsWrittenAndPruned() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> writing =
          threads.submit(
              () -> {
                int count = 0;
                while (!stop.get()) {
                  String sha256 = store.blobs().put(("blob " + count).getBytes(UTF_8));
                  SessionId other = TestingEvents.create(store.sessions(), "see " + sha256);
                  store.sessions().append(id, TestingEvents.quick("event " + count));
                  if (count % 2 == 0) {
                    store.sessions().delete(other);
                  }
                  count++;
                }
                return count;
              });
      for (int i = 0; i < 3; i++) {
        store.backup(folder.resolve("backup " + i));
      }
      stop.set(true);
      assertThat(writing.get()).isPositive();
    }
    for (int i = 0; i < 3; i++) {
      Path home = folder.resolve("restored " + i);
      SqliteStore.restore(folder.resolve("backup " + i), home, false);
      try (Store restored = SqliteStore.open(home)) {
        assertThat(restored.verify(id).intact()).isTrue();
        assertThat(restored.sessions().readStore(0, 100_000))
            .flatMap(entry -> BlobReferences.in(TestingEvents.text(entry).getBytes(UTF_8)))
            .allMatch(restored.blobs()::contains);
      }
    }
  }

  @Test
  void replacesNoFile() throws IOException {
    Files.writeString(archive, "precious");
    assertFails(ErrorCode.CONFLICT, "exists already", () -> store.backup(archive));
    assertThat(archive).hasContent("precious");
    Path nowhere = folder.resolve("missing/backup.zip");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> store.backup(nowhere))
        .withMessageContaining(folder.resolve("missing").toString());
    store.backup(folder.resolve("after a failure the next one works"));
  }

  @Test
  void refusesAHomeThatIsNotEmptyUnlessToldTo() throws IOException {
    store.backup(archive);
    Files.createDirectory(target);
    Files.writeString(target.resolve("config.toml"), "# mine");
    assertFails(ErrorCode.CONFLICT, "not empty", () -> SqliteStore.restore(archive, target, false));
    SqliteStore.restore(archive, target, true);
    try (Store restored = SqliteStore.open(target)) {
      TestingEvents.create(restored.sessions(), "newer than the backup");
      assertFails(ErrorCode.CONFLICT, "in use", () -> SqliteStore.restore(archive, target, true));
      assertThat(restored.sessions().readStore(0, 10)).hasSize(3);
    }
    SqliteStore.restore(archive, target, true);
    try (Store restored = SqliteStore.open(target)) {
      assertThat(restored.sessions().readStore(0, 10)).hasSize(2);
    }
    assertThat(target.resolve("config.toml")).hasContent("# mine");
  }

  @Test
  void replacesADamagedDatabase() throws IOException {
    store.backup(archive);
    Files.createDirectory(target);
    Files.writeString(target.resolve("paddock.db"), "garbage".repeat(1000));
    Files.writeString(target.resolve("paddock.db-wal"), "more garbage");
    SqliteStore.restore(archive, target, true);
    try (Store restored = SqliteStore.open(target)) {
      assertThat(restored.verify(id).intact()).isTrue();
    }
  }

  @Test
  void refusesWhatIsNoBackup() throws IOException {
    Path text = Files.writeString(folder.resolve("letter"), "Dear reader");
    assertFails(ErrorCode.CORRUPT, "not a whole backup", () -> restore(text));
    assertFails(ErrorCode.NOT_FOUND, "missing.zip", () -> restore(folder.resolve("missing.zip")));
    store.backup(archive);
    byte[] whole = Files.readAllBytes(archive);
    for (int part = 1; part < 8; part++) {
      Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length * part / 8));
      assertFails(ErrorCode.CORRUPT, "not a whole backup", () -> restore(cut));
    }
    assertNothingRestored();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil",
        "files/sha256/../../evil",
        "/tmp/evil",
        "files/sha256/ABCDEF",
        "config.toml",
        "paddock.db-wal",
        "files/sha256/",
        "PADDOCK.DB"
      })
  void refusesForeignNames(String name) throws IOException {
    Map<String, byte[]> entries = entries();
    entries.put(name, new byte[] {1});
    assertFails(ErrorCode.CORRUPT, "no entry", () -> restore(forge(entries)));
    assertNothingRestored();
  }

  @Test
  void refusesABomb() throws IOException {
    Map<String, byte[]> entries = entries();
    entries.put(Archive.blobName("0".repeat(64)), new byte[10 << 20]);
    Path bomb = forge(entries, Deflater.BEST_COMPRESSION);
    assertThat(Files.size(bomb)).isLessThan(1 << 20);
    assertFails(ErrorCode.CORRUPT, "size", () -> restore(bomb));
    assertNothingRestored();
  }

  @Test
  void refusesWrongBytes() throws IOException {
    Map<String, byte[]> entries = entries();
    entries.put(Archive.blobName(blob), "b file".getBytes(UTF_8));
    assertFails(ErrorCode.CORRUPT, blob, () -> restore(forge(entries)));
    Map<String, byte[]> other = entries();
    Objects.requireNonNull(other.get(SqliteDatabase.NAME))[5000]++;
    assertFails(ErrorCode.CORRUPT, "manifest", () -> restore(forge(other)));
    Map<String, byte[]> fewer = entries();
    fewer.remove(Archive.blobName(blob));
    assertFails(ErrorCode.CORRUPT, "0 blobs", () -> restore(forge(fewer)));
    assertNothingRestored();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TRIGGER evil AFTER INSERT ON events BEGIN DELETE FROM events; END",
        "CREATE VIEW evil AS SELECT * FROM events",
        "DROP TABLE leases",
        "PRAGMA application_id = 1",
        "PRAGMA user_version = 0"
      })
  void refusesADatabaseThatWasPrepared(String statement) throws Exception {
    Path evil = folder.resolve("evil");
    SqliteStore.open(evil).close();
    TestingSql.run(evil, statement);
    assertFails(
        ErrorCode.CORRUPT,
        "database",
        () -> restore(forgeWith(Files.readAllBytes(evil.resolve(SqliteDatabase.NAME)))));
    assertNothingRestored();
  }

  @Test
  void refusesANewerDatabaseAndANewerForm() throws Exception {
    Path newer = folder.resolve("newer");
    SqliteStore.open(newer).close();
    TestingSql.run(newer, "PRAGMA user_version = 9");
    assertFails(
        ErrorCode.NEWER_VERSION,
        "version 9",
        () -> restore(forgeWith(Files.readAllBytes(newer.resolve(SqliteDatabase.NAME)))));
    Map<String, byte[]> entries = entries();
    entries.put(
        Archive.MANIFEST,
        new String(Objects.requireNonNull(entries.get(Archive.MANIFEST)), UTF_8)
            .replace("\"format\":1", "\"format\":7")
            .getBytes(UTF_8));
    assertFails(ErrorCode.NEWER_VERSION, "format 7", () -> restore(forge(entries)));
    assertNothingRestored();
  }

  private void restore(Path file) {
    SqliteStore.restore(file, target, false);
  }

  private void assertNothingRestored() throws IOException {
    if (Files.exists(target)) {
      assertThat(target).isEmptyDirectory();
    }
  }

  private static void assertFails(ErrorCode code, String words, ThrowingRunnable action) {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(action::run)
        .withMessageContaining(words)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  private interface ThrowingRunnable {
    void run() throws Exception;
  }

  /** The entries of a real backup. */
  private Map<String, byte[]> entries() throws IOException {
    Path whole = Files.createTempFile(folder, "whole", ".zip");
    Files.delete(whole);
    store.backup(whole);
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (InputStream file = Files.newInputStream(whole);
        ZipInputStream in = new ZipInputStream(file)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        entries.put(entry.getName(), in.readAllBytes());
      }
    }
    return entries;
  }

  private Path forgeWith(byte[] database) throws IOException {
    Map<String, byte[]> entries = entries();
    entries.put(SqliteDatabase.NAME, database);
    entries.put(
        Archive.MANIFEST,
        Json.bytes(
            new Archive.Manifest(
                Archive.FORMAT,
                Migrations.SQLITE.latest(),
                Instant.EPOCH,
                Bytes.of(database).sha256().hex(),
                1)));
    return forge(entries);
  }

  private Path forge(Map<String, byte[]> entries) throws IOException {
    return forge(entries, Deflater.NO_COMPRESSION);
  }

  private Path forge(Map<String, byte[]> entries, int level) throws IOException {
    Path forged = Files.createTempFile(folder, "forged", ".zip");
    try (OutputStream file = Files.newOutputStream(forged);
        ZipOutputStream out = new ZipOutputStream(file)) {
      out.setLevel(level);
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        out.putNextEntry(new ZipEntry(entry.getKey()));
        out.write(entry.getValue());
        out.closeEntry();
      }
    }
    return forged;
  }
}
