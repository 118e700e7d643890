package dev.paddock.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deleting, pruning, and which blobs go with it. */
final class RemovalTest {
  private final TestingClock clock = new TestingClock();

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path home;

  @SuppressWarnings("NullAway.Init")
  private Store store;

  @BeforeEach
  void open() {
    store = SqliteStore.open(home, home.resolve("files"), clock);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private String blob(String text) {
    String sha256 = store.blobs().put(text.getBytes(UTF_8));
    clock.advance(Duration.ofSeconds(1));
    return sha256;
  }

  private List<SessionId> left() {
    return store.sessions().list(SessionFilter.newest(100)).stream()
        .map(SessionRecord::id)
        .toList();
  }

  @Test
  void deletingASessionRemovesTheBlobsOnlyItReferredTo() {
    String inEvent = blob("in an event");
    String inDocument = blob("in a document");
    String shared = blob("shared");
    String inResource = blob("in a resource");
    SessionId id = SessionId.next();
    store
        .sessions()
        .create(
            new NewSession(
                id,
                WorkspaceId.DEFAULT,
                Json.object().put("file", inDocument),
                TestingEvents.append("a " + inEvent, "b " + shared + " " + inResource).events()));
    SessionId other = TestingEvents.create(store.sessions(), "c " + shared);
    store
        .resources()
        .create("file", "f1", WorkspaceId.DEFAULT, Json.object().put("sha256", inResource));

    store.sessions().delete(id);
    assertThat(List.of(inEvent, inDocument)).noneMatch(store.blobs()::contains);
    assertThat(List.of(shared, inResource)).allMatch(store.blobs()::contains);
    store.sessions().delete(other);
    assertThat(store.blobs().contains(shared)).isFalse();
    assertThat(store.blobs().contains(inResource)).isTrue();
  }

  @Test
  void aBlobPutAgainSinceItsLastReferenceStays() {
    String blob = blob("twice");
    SessionId id = TestingEvents.create(store.sessions(), "a " + blob);
    clock.advance(Duration.ofMinutes(-1));
    SessionId late = TestingEvents.create(store.sessions(), "b " + blob);
    store.sessions().delete(id);
    // The clock of its last reference lies before the file's own time: someone put it since.
    store.sessions().delete(late);
    assertThat(store.blobs().contains(blob)).isTrue();
    clock.advance(Duration.ofHours(2));
    assertThat(store.prune(PruneRule.blobsOnly())).isEqualTo(new Pruned(0, 1, 5));
    assertThat(store.blobs().contains(blob)).isFalse();
  }

  @Test
  void pruningRemovesBlobsThatNobodyEverReferredTo() throws Exception {
    String lost = blob("lost");
    String used = blob("used");
    store.resources().create("file", "f1", WorkspaceId.DEFAULT, Json.object().put("sha256", used));
    Path leftover = Files.writeString(home.resolve("files/sha256/incoming/half"), "half");
    assertThat(store.prune(PruneRule.blobsOnly())).isEqualTo(new Pruned(0, 0, 0));
    assertThat(leftover).exists();
    clock.advance(Duration.ofHours(2));
    assertThat(store.prune(PruneRule.blobsOnly())).isEqualTo(new Pruned(0, 1, 4));
    assertThat(store.blobs().contains(lost)).isFalse();
    assertThat(store.blobs().contains(used)).isTrue();
    assertThat(leftover).doesNotExist();
    store.resources().update("file", "f1", 1, Json.object());
    assertThat(store.prune(PruneRule.blobsOnly())).isEqualTo(new Pruned(0, 1, 4));
  }

  @Test
  void noBlobGoesWhileABackupRuns() {
    String blob = blob("kept");
    SessionId id = TestingEvents.create(store.sessions(), "a " + blob);
    Lease backup =
        store.leases().acquire(BlobSweep.BACKUP_LEASE, "test", Duration.ofDays(1)).orElseThrow();
    store.sessions().delete(id);
    assertThat(store.blobs().contains(blob)).isTrue();
    store.leases().release(backup);
    clock.advance(Duration.ofHours(2));
    assertThat(store.prune(PruneRule.blobsOnly()).blobs()).isEqualTo(1);
  }

  @Test
  void prunesByAgeOfTheLastEvent() {
    SessionId old = TestingEvents.create(store.sessions(), "old");
    SessionId busy = TestingEvents.create(store.sessions(), "busy");
    clock.advance(Duration.ofDays(10));
    store.sessions().append(busy, TestingEvents.append("again"));
    SessionId young = TestingEvents.create(store.sessions(), "young");
    assertThat(store.prune(PruneRule.olderThan(Duration.ofDays(9))).sessions()).isEqualTo(1);
    assertThat(left()).containsExactly(young, busy).doesNotContain(old);
  }

  @Test
  void prunesByCountAndSparesWhatItIsTold() {
    SessionId first = TestingEvents.create(store.sessions(), "1");
    SessionId second = TestingEvents.create(store.sessions(), "2");
    clock.advance(Duration.ofSeconds(1));
    SessionId third = TestingEvents.create(store.sessions(), "3");
    Pruned pruned =
        store.prune(
            PruneRule.keepNewest(1).sparing(session -> Set.of(first).contains(session.id())));
    assertThat(pruned.sessions()).isEqualTo(1);
    assertThat(left()).containsExactly(third, first).doesNotContain(second);
  }

  @Test
  void pruningGivesSpaceBack() throws Exception {
    for (int i = 0; i < 20; i++) {
      TestingEvents.create(store.sessions(), "x".repeat(200_000));
    }
    store.prune(PruneRule.keepNewest(0));
    assertThat(left()).isEmpty();
    assertThat(TestingSql.number(home, "PRAGMA page_count")).isLessThan(100);
  }

  @Test
  void refusesANegativeRule() {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> store.prune(PruneRule.keepNewest(-1)));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> store.prune(PruneRule.olderThan(Duration.ofDays(-1))));
  }
}
