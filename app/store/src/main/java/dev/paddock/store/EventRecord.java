package dev.paddock.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.Signature;
import dev.paddock.core.spi.NewEvent;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * The one JSON form in which an event is stored and hashed.
 *
 * @param form the version of this form
 * @param salt random, and gone after a redaction, so that nobody can try out what the digest stood
 *     for
 */
@JsonPropertyOrder({"form", "salt", "recorded_at", "principal", "signature", "event"})
record EventRecord(
    int form,
    Optional<String> salt,
    @JsonProperty("recorded_at") Instant recordedAt,
    Principal principal,
    Optional<Signature> signature,
    SessionEvent event) {
  static final int FORM = 1;
  static final int MAX_BYTES = 32 << 20;
  private static final int SALT_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  static EventRecord of(NewEvent event, Instant now) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    return new EventRecord(
        FORM,
        Optional.of(Base64.getUrlEncoder().withoutPadding().encodeToString(salt)),
        now.truncatedTo(ChronoUnit.MILLIS),
        event.principal(),
        event.signature(),
        event.event());
  }

  /** The same record with another event in it, and without what could tell the old one. */
  EventRecord redacted(SessionEvent replacement) {
    return new EventRecord(
        form, Optional.empty(), recordedAt, principal, Optional.empty(), replacement);
  }

  LogEntry entry(SessionId session, long sequence, long position) {
    return new LogEntry(session, sequence, position, recordedAt, principal, signature, event);
  }

  String principalText() {
    return principal.kind().name().toLowerCase(Locale.ROOT) + ":" + principal.id();
  }

  Optional<String> signatureText() {
    return signature.map(Json::write);
  }

  Bytes encode() {
    Bytes stored = Bytes.of(Json.bytes(this));
    if (stored.length() > MAX_BYTES) {
      throw new StoreException(
          ErrorCode.LIMIT_EXCEEDED,
          "the %s event %s has %,d bytes, the log takes up to %,d; store the content as a file and refer to it"
              .formatted(event.type(), event.id(), stored.length(), MAX_BYTES));
    }
    return stored;
  }

  /** {@code where} names the event in the message of a failure. */
  static EventRecord decode(Bytes stored, String where) {
    EventRecord record;
    try {
      record = Json.read(stored.array(), EventRecord.class);
    } catch (CoreException e) {
      throw new StoreException(
          ErrorCode.CORRUPT,
          "%s cannot be read (%s); check the log with `paddock sessions verify`"
              .formatted(where, e.getMessage()),
          e);
    }
    if (record.form() > FORM) {
      throw new StoreException(
          ErrorCode.NEWER_VERSION,
          "%s has form %d, this Paddock knows up to %d; read it with the newer Paddock that wrote it"
              .formatted(where, record.form(), FORM));
    }
    return record;
  }
}
