package dev.paddock.store;

import static dev.paddock.store.TestingEvents.quick;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Subscription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class TwoProcessesTest {
  private static final int EACH = 150;

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path home;

  @Test
  void bothAppendToOneHomeAndSeeEverything() throws Exception {
    List<Long> all = LongStream.rangeClosed(1, 3 * EACH).boxed().toList();
    try (Store store = SqliteStore.open(home)) {
      SessionId id = TestingEvents.create(store.sessions());
      try (TestingProcess other =
              TestingProcess.start(
                  List.of(), "share", home.toString(), id.value(), String.valueOf(EACH));
          Subscription subscription = store.sessions().subscribe(id, 0)) {
        assertThat(other.line()).contains("ready");
        int repeated = 0;
        for (int i = 0; i < EACH; i++) {
          store.sessions().append(id, quick("ours"));
          repeated +=
              store.sessions().append(id, quick("shared " + i).withKey("key " + i)).repeated()
                  ? 1
                  : 0;
        }
        List<LogEntry> seen = new ArrayList<>();
        while (seen.size() < all.size()) {
          List<LogEntry> next = subscription.next(1000, Duration.ofSeconds(60));
          assertThat(next).isNotEmpty();
          seen.addAll(next);
        }
        assertThat(TestingEvents.sequences(seen)).isEqualTo(all);
        int theirs = Integer.parseInt(other.line().orElseThrow());
        assertThat(repeated + theirs).isEqualTo(EACH);
        assertThat(other.rest()).isEqualTo(all.stream().map(String::valueOf).toList());
        assertThat(other.exitCode()).isZero();
      }
      assertThat(store.sessions().readStore(0, 10_000))
          .extracting(LogEntry::position)
          .containsExactlyElementsOf(all);
      assertThat(store.verify(id).intact()).isTrue();
    }
  }

  @Test
  void bothMakeTheSameNewHome() throws Exception {
    for (int round = 0; round < 4; round++) {
      Path fresh = home.resolve("round " + round);
      try (TestingProcess one = TestingProcess.start(List.of(), "open", fresh.toString());
          TestingProcess two = TestingProcess.start(List.of(), "open", fresh.toString())) {
        assertThat(one.rest()).containsExactly("opened 0");
        assertThat(two.rest()).containsExactly("opened 0");
      }
    }
  }
}
