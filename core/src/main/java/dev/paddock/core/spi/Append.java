package dev.paddock.core.spi;

import dev.paddock.core.SessionEvent;
import java.util.List;
import java.util.Optional;

/**
 * One append.
 *
 * @param expectedSequence the log's last sequence; another one is a {@code CONFLICT}
 * @param clientKey makes a repeated append harmless
 * @param lease the caller's right to run the session; a lost or newer lease is a {@code CONFLICT}
 */
public record Append(
    List<NewEvent> events,
    Optional<Long> expectedSequence,
    Optional<String> clientKey,
    Optional<Lease> lease,
    Durability durability) {

  /** What the answer promises. */
  public enum Durability {
    /** Outlives kill -9 at once, a power cut within 50 ms. */
    TURN,
    /** On disk before the answer. */
    ACKNOWLEDGED
  }

  public static Append acknowledged(NewEvent... events) {
    return new Append(
        List.of(events),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Durability.ACKNOWLEDGED);
  }

  /** The loop's own events, under its lease. */
  public static Append turn(Lease lease, List<? extends SessionEvent> events) {
    return new Append(
        events.stream().map(NewEvent::of).toList(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(lease),
        Durability.TURN);
  }

  public Append onDisk() {
    return new Append(events, expectedSequence, clientKey, lease, Durability.ACKNOWLEDGED);
  }

  public Append expecting(long sequence) {
    return new Append(events, Optional.of(sequence), clientKey, lease, durability);
  }

  public Append withKey(String key) {
    return new Append(events, expectedSequence, Optional.of(key), lease, durability);
  }
}
