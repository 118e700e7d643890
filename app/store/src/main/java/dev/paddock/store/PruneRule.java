package dev.paddock.store;

import dev.paddock.core.spi.SessionRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which sessions to delete: those that match {@code olderThan} or lie beyond the {@code keepNewest}
 * newest ones. Neither given deletes no session.
 *
 * @param olderThan the time since a session's last event
 * @param keepNewest how many sessions to keep, by their last event
 * @param spare sessions to keep in any case, such as one that runs
 */
public record PruneRule(
    Optional<Duration> olderThan, Optional<Integer> keepNewest, Predicate<SessionRecord> spare) {

  public static PruneRule olderThan(Duration age) {
    return new PruneRule(Optional.of(age), Optional.empty(), session -> false);
  }

  public static PruneRule keepNewest(int count) {
    return new PruneRule(Optional.empty(), Optional.of(count), session -> false);
  }

  /** No session, only blobs. */
  public static PruneRule blobsOnly() {
    return new PruneRule(Optional.empty(), Optional.empty(), session -> false);
  }

  public PruneRule sparing(Predicate<SessionRecord> kept) {
    return new PruneRule(olderThan, keepNewest, spare.or(kept));
  }
}
