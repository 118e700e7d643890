package dev.paddock.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import java.util.Optional;

/**
 * What the log says of a redaction.
 *
 * @param replacement hexadecimal SHA-256 of the bytes that are stored instead
 */
record RedactionNotice(EventId event, long sequence, String reason, String replacement) {
  private static final String CODE = "redacted";

  SessionEvent.Notice toEvent() {
    return new SessionEvent.Notice(
        EventId.next(),
        CODE,
        "The content of event %d was taken out: %s".formatted(sequence, reason),
        Optional.of(
            Json.object()
                .put("event_id", event.value())
                .put("sequence", sequence)
                .put("reason", reason)
                .put("replacement_sha256", replacement)));
  }

  /** Empty for an event that is no such notice. */
  static Optional<RedactionNotice> from(SessionEvent event) {
    if (!(event instanceof SessionEvent.Notice notice) || !notice.code().equals(CODE)) {
      return Optional.empty();
    }
    JsonNode details = notice.details().orElseGet(Json::object);
    return Optional.of(
        new RedactionNotice(
            new EventId(details.path("event_id").asText()),
            details.path("sequence").asLong(),
            details.path("reason").asText(),
            details.path("replacement_sha256").asText()));
  }
}
