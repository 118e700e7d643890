package dev.paddock.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append.Durability;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.store.BlobSweep.Released;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes the content of an event out and leaves its frame: ids, names, outcomes and numbers. */
final class Redactor {
  private static final int MAX_REASON = 500;

  private static final Set<String> KEPT =
      Set.of(
          "id",
          "type",
          "name",
          "mcp_server_name",
          "tool_use_id",
          "custom_tool_use_id",
          "mcp_tool_use_id",
          "model_request_start_id",
          "session_thread_id",
          "to_session_thread_id",
          "from_session_thread_id",
          "outcome_id",
          "is_error",
          "result",
          "evaluated_permission",
          "stop_reason",
          "stop",
          "model",
          "model_usage",
          "usage",
          "cost_usd",
          "iteration",
          "max_iterations",
          "code");

  /** What stands in fields that an event of its type must have. */
  private static final Map<String, JsonNode> PLACEHOLDERS =
      Map.of(
          "content", Json.tree("[{\"type\":\"redacted\"}]"),
          "input", Json.object(),
          "rubric", Json.object(),
          "changes", Json.object(),
          "error", Json.object().put("type", "redacted").put("message", "[redacted]"),
          "description", Json.tree("\"[redacted]\""),
          "message", Json.tree("\"[redacted]\""));

  private final Database database;
  private final Writer writer;
  private final BlobSweep sweep;
  private final Clock clock;

  Redactor(Database database, Writer writer, BlobSweep sweep, Clock clock) {
    this.database = database;
    this.writer = writer;
    this.sweep = sweep;
    this.clock = clock;
  }

  void redact(SessionId session, EventId event, Principal by, String reason) {
    if (reason.isBlank() || reason.length() > MAX_REASON) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "a redaction needs a reason of 1 to %d characters".formatted(MAX_REASON));
    }
    sweep.released(
        writer.write(Durability.ACKNOWLEDGED, tx -> redact(tx, session, event, by, reason)));
    database.clearCopies(event);
  }

  private record Stored(long sequence, long position, Bytes bytes, boolean redacted) {}

  private List<Released> redact(
      Transaction tx, SessionId id, EventId event, Principal by, String reason)
      throws SQLException {
    long session = SessionLog.headOf(tx, id).session();
    Stored stored =
        tx.first(
                "SELECT sequence, position, stored, redacted_by FROM events WHERE session = ? AND id = ?",
                row ->
                    new Stored(
                        row.getLong(1),
                        row.getLong(2),
                        Bytes.of(row.getBytes(3)),
                        row.getLong(4) > 0),
                session,
                event.value())
            .orElseThrow(
                () ->
                    new StoreException(
                        ErrorCode.NOT_FOUND, "no event %s in session %s".formatted(event, id)));
    if (stored.redacted()) {
      return List.of();
    }
    EventRecord record = EventRecord.decode(stored.bytes(), "event %s of %s".formatted(event, id));
    if (RedactionNotice.from(record.event()).isPresent()) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "event %s is the notice of a redaction; the log needs it as proof".formatted(event));
    }
    Bytes replacement = record.redacted(withoutContent(record.event())).encode();
    RedactionNotice notice =
        new RedactionNotice(event, stored.sequence(), reason, replacement.sha256().hex());
    long noticeSequence =
        SessionLog.add(
                tx,
                id,
                List.of(EncodedEvent.of(NewEvent.from(by, notice.toEvent()), clock.instant())),
                Durability.ACKNOWLEDGED)
            .getLast()
            .sequence();
    tx.update(
        "UPDATE events SET stored = ?, signature = NULL, redacted_by = ? WHERE position = ?",
        replacement,
        noticeSequence,
        stored.position());
    tx.rewrote(id);
    return releaseBlobs(tx, session, stored.position());
  }

  private static List<Released> releaseBlobs(Transaction tx, long session, long position)
      throws SQLException {
    String owner = " FROM blob_references WHERE session = ? AND resource = 0 AND position = ?";
    List<Released> released =
        tx.list(
            "SELECT sha256, referred_at" + owner,
            row -> new Released(row.getString(1), Instant.ofEpochMilli(row.getLong(2))),
            session,
            position);
    tx.update("DELETE" + owner, session, position);
    return released;
  }

  static SessionEvent withoutContent(SessionEvent event) {
    ObjectNode out = Json.object();
    if (event instanceof SessionEvent.Unknown) {
      out.put("id", event.id().value()).put("type", event.type()).put("redacted", true);
    } else {
      for (Map.Entry<String, JsonNode> field : Json.tree(event).properties()) {
        if (KEPT.contains(field.getKey())) {
          out.set(field.getKey(), field.getValue());
        } else if (PLACEHOLDERS.containsKey(field.getKey())) {
          out.set(field.getKey(), PLACEHOLDERS.get(field.getKey()));
        }
      }
    }
    return Json.convert(out, SessionEvent.class);
  }
}
