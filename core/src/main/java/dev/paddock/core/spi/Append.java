package dev.paddock.core.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.SessionEvent;
import java.util.List;
import java.util.Optional;

/**
 * One append.
 *
 * @param expectedSequence the log's last sequence; another one is a {@code CONFLICT}
 * @param clientKey makes a repeated append harmless
 * @param lease the caller's right to run the session; a lost or newer lease is a {@code CONFLICT}
 * @param document replaces the session's document together with the events; name the sequence it
 *     was read at, or hold the lease
 */
public record Append(
    List<NewEvent> events,
    Optional<Long> expectedSequence,
    Optional<String> clientKey,
    Optional<Lease> lease,
    Durability durability,
    Optional<ObjectNode> document) {

  /** What the answer promises. */
  public enum Durability {
    /** Outlives kill -9 at once, a power cut within 50 ms. */
    TURN,
    /** On disk before the answer. */
    ACKNOWLEDGED
  }

  private static Append of(List<NewEvent> events, Optional<Lease> lease, Durability durability) {
    return new Append(
        events, Optional.empty(), Optional.empty(), lease, durability, Optional.empty());
  }

  public static Append acknowledged(NewEvent... events) {
    return of(List.of(events), Optional.empty(), Durability.ACKNOWLEDGED);
  }

  /** The loop's own events, under its lease. */
  public static Append turn(Lease lease, List<? extends SessionEvent> events) {
    return of(events.stream().map(NewEvent::of).toList(), Optional.of(lease), Durability.TURN);
  }

  public Append onDisk() {
    return with(Durability.ACKNOWLEDGED);
  }

  public Append with(Durability promise) {
    return new Append(events, expectedSequence, clientKey, lease, promise, document);
  }

  public Append expecting(long sequence) {
    return new Append(events, Optional.of(sequence), clientKey, lease, durability, document);
  }

  public Append withKey(String key) {
    return new Append(events, expectedSequence, Optional.of(key), lease, durability, document);
  }

  public Append withDocument(ObjectNode replacement) {
    return new Append(
        events, expectedSequence, clientKey, lease, durability, Optional.of(replacement));
  }
}
