package dev.paddock.store;

import static dev.paddock.store.TestingEvents.message;
import static dev.paddock.store.TestingEvents.sequences;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Followers of one log share what is read of it, and none of them sees less for that. */
final class TailTest {
  private final SessionId session = SessionId.next();
  private final List<LogEntry> log = new ArrayList<>();
  private final Tail tail = new Tail();
  private int reads;

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      long sequence = log.size() + 1L;
      log.add(EventRecord.of(message("text"), Instant.EPOCH).entry(session, sequence, sequence));
    }
  }

  private void append() {
    add(1);
    tail.outdate();
  }

  private List<LogEntry> readLog(long after, int limit) {
    reads++;
    return log.stream().filter(entry -> entry.sequence() > after).limit(limit).toList();
  }

  private List<Long> read(long after, int limit) {
    return sequences(tail.read(after, limit, this::readLog));
  }

  @Test
  void followersThatAreWokenCauseOneRead() throws InterruptedException {
    try (Changes changes = new Changes()) {
      List<Subscription> followers = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        followers.add(new LogSubscription(changes.watch(session), 0, this::readLog));
      }
      for (long sequence = 1; sequence <= 3; sequence++) {
        add(1);
        changes.changed(Map.of(session, List.of()));
        for (Subscription follower : followers) {
          assertThat(sequences(follower.next(10, Duration.ZERO))).containsExactly(sequence);
        }
        assertThat(reads).isEqualTo((int) sequence);
      }
      changes.allChanged();
      for (Subscription follower : followers) {
        assertThat(follower.next(10, Duration.ZERO)).isEmpty();
      }
      assertThat(reads).isEqualTo(4);
    }
  }

  @Test
  void aChangeIsSeen() {
    assertThat(read(0, 10)).isEmpty();
    append();
    assertThat(read(0, 10)).containsExactly(1L);
    append();
    assertThat(read(0, 10)).containsExactly(1L, 2L);
    assertThat(read(2, 10)).isEmpty();
    assertThat(reads).isEqualTo(3);
  }

  @Test
  void aChangeWhileItReadsIsSeenByTheNext() {
    add(1);
    List<LogEntry> first =
        tail.read(
            0,
            10,
            (after, limit) -> {
              List<LogEntry> entries = readLog(after, limit);
              append();
              return entries;
            });
    assertThat(sequences(first)).containsExactly(1L);
    assertThat(read(1, 10)).containsExactly(2L);
  }

  @Test
  void eachTakesOfARead() {
    add(9);
    assertThat(read(2, 3)).containsExactly(3L, 4L, 5L);
    assertThat(read(5, 3)).containsExactly(6L, 7L, 8L);
    assertThat(read(4, 1)).containsExactly(5L);
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void whoIsFurtherBackReadsForItself() {
    add(9);
    assertThat(read(7, 10)).containsExactly(8L, 9L);
    assertThat(read(6, 10)).containsExactly(7L, 8L, 9L);
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void aLongLogIsReadToItsEnd() {
    add(1000);
    for (int limit : new int[] {1, 63, 64, 65, 999}) {
      List<Long> seen = new ArrayList<>();
      List<Long> page = read(0, limit);
      while (!page.isEmpty()) {
        assertThat(page).hasSizeLessThanOrEqualTo(limit);
        seen.addAll(page);
        page = read(seen.getLast(), limit);
      }
      assertThat(seen).isEqualTo(sequences(log));
    }
  }

  private void grow(int count) {
    int before = log.size();
    add(count);
    tail.grow(List.copyOf(log.subList(before, log.size())));
  }

  @Test
  void whatIsAppendedHereIsReadByNobody() {
    assertThat(read(0, 10)).isEmpty();
    grow(1);
    grow(2);
    assertThat(read(0, 10)).containsExactly(1L, 2L, 3L);
    assertThat(read(1, 1)).containsExactly(2L);
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void whatAnotherAppendedInBetweenIsRead() {
    add(2);
    assertThat(read(2, 10)).isEmpty();
    add(1);
    grow(1);
    assertThat(read(2, 10)).containsExactly(3L, 4L);
    append();
    grow(1);
    assertThat(read(4, 10)).containsExactly(5L, 6L);
    assertThat(reads).isEqualTo(3);
  }

  @Test
  void onlyTheNewestAreKept() {
    assertThat(read(0, 10)).isEmpty();
    for (int i = 0; i < 50; i++) {
      grow(3);
    }
    assertThat(read(140, 100)).hasSize(10);
    assertThat(read(86, 100)).hasSize(64).startsWith(87L);
    assertThat(reads).isEqualTo(1);
    assertThat(read(85, 100)).hasSize(65);
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void whatGrowsWhileItReadsIsSeenByTheNext() {
    add(1);
    List<LogEntry> first =
        tail.read(
            0,
            10,
            (after, limit) -> {
              List<LogEntry> entries = readLog(after, limit);
              grow(1);
              return entries;
            });
    assertThat(sequences(first)).containsExactly(1L);
    assertThat(read(1, 10)).containsExactly(2L);
  }
}
