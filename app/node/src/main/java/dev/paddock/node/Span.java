package dev.paddock.node;

import dev.paddock.core.EventId;
import dev.paddock.core.SessionId;
import dev.paddock.core.Sha256;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A piece of a session's work, by the semantic conventions for generative AI of OpenTelemetry. Its
 * ids follow from the ids of the log, so that one that is sent twice is the same span.
 *
 * @param attributes texts, whole numbers, numbers or lists of texts
 * @param error an error's kind and what it said
 */
record Span(
    String traceId,
    String spanId,
    Optional<String> parentId,
    String name,
    Kind kind,
    Instant start,
    Instant end,
    Map<String, Object> attributes,
    Optional<String> error) {

  /** The numbers of the wire form. */
  enum Kind {
    INTERNAL(1),
    CLIENT(3);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  static String traceId(SessionId session) {
    return Sha256.hex("trace/" + session.value()).substring(0, 32);
  }

  static String spanId(EventId event) {
    return Sha256.hex("span/" + event.value()).substring(0, 16);
  }
}
