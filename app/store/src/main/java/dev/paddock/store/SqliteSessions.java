package dev.paddock.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Append.Durability;
import dev.paddock.core.spi.Appended;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.Subscription;
import dev.paddock.store.Transaction.Head;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The session log on SQLite. */
final class SqliteSessions implements Sessions {
  private static final int MAX_EVENTS = 10_000;
  private static final int MAX_KEY = 255;
  private static final int MAX_TYPES = 100;

  /** Each session beside its last event. */
  static final String SESSIONS =
      " FROM sessions s LEFT JOIN events e ON e.session = s.number"
          + " AND e.sequence = (SELECT max(sequence) FROM events WHERE session = s.number) ";

  static final String UPDATED_AT = "coalesce(e.recorded_at, s.created_at)";

  static final String RECORD =
      "SELECT s.id, s.workspace, s.document, s.created_at, "
          + UPDATED_AT
          + ", coalesce(e.sequence, 0)"
          + SESSIONS;

  private final Writer writer;
  private final Readers readers;
  private final Changes changes;
  private final SessionRemoval removal;
  private final Clock clock;

  SqliteSessions(
      Writer writer, Readers readers, Changes changes, SessionRemoval removal, Clock clock) {
    this.writer = writer;
    this.readers = readers;
    this.changes = changes;
    this.removal = removal;
    this.clock = clock;
  }

  @Override
  public SessionRecord create(NewSession session) {
    SessionId id = session.id();
    Instant now = Instant.ofEpochMilli(clock.millis());
    String document = Json.write(session.document());
    List<EncodedEvent> events = encode(session.events(), now);
    return writer.write(
        Durability.ACKNOWLEDGED,
        document.length() + size(events),
        tx -> {
          if (tx.head(id).isPresent()) {
            throw new StoreException(
                ErrorCode.CONFLICT, "session %s exists already; use a new id".formatted(id));
          }
          long number = insert(tx, session, document, now);
          List<LogEntry> entries = SessionLog.add(tx, id, events, Durability.ACKNOWLEDGED);
          BlobReferences.ofSession(tx, number, document, now);
          return new SessionRecord(
              id, session.workspaceId(), session.document(), now, now, entries.size());
        });
  }

  private static long insert(Transaction tx, NewSession session, String document, Instant now)
      throws SQLException {
    tx.update(
        "INSERT INTO sessions (id, workspace, document, created_at) VALUES (?, ?, ?, ?)",
        session.id().value(),
        session.workspaceId().value(),
        document,
        now.toEpochMilli());
    long number = tx.number("SELECT last_insert_rowid()");
    tx.moveHead(session.id(), new Head(number, 0, Chain.root(session.id())));
    return number;
  }

  @Override
  public Optional<SessionRecord> find(SessionId id) {
    return readers.read(
        sql -> sql.first(RECORD + "WHERE s.id = ?", SqliteSessions::record, id.value()));
  }

  @Override
  public List<SessionRecord> list(SessionFilter filter) {
    requireLimit(filter.limit());
    String workspace = filter.workspaceId().map(WorkspaceId::value).orElse("");
    String before = filter.before().map(SessionId::value).orElse("");
    return readers.read(
        sql ->
            sql.list(
                RECORD
                    + "WHERE (?1 = '' OR s.workspace = ?1) AND (?2 = '' OR s.number < coalesce("
                    + "(SELECT number FROM sessions WHERE id = ?2),"
                    + " (SELECT max(number) + 1 FROM sessions WHERE id < ?2), 0))"
                    + " ORDER BY s.number DESC LIMIT ?3",
                SqliteSessions::record,
                workspace,
                before,
                filter.limit()));
  }

  @Override
  public Appended append(SessionId id, Append append) {
    append.clientKey().ifPresent(SqliteSessions::requireKey);
    List<EncodedEvent> events = encode(append.events(), clock.instant());
    return writer.write(
        append.durability(), size(events), tx -> SessionLog.append(tx, id, append, events));
  }

  @Override
  public List<LogEntry> read(SessionId id, long afterSequence, int limit, Set<String> types) {
    requireLimit(limit);
    if (types.size() > MAX_TYPES) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "%d event types were asked for, at most %d can be".formatted(types.size(), MAX_TYPES));
    }
    return readers.read(sql -> entries(sql, id, afterSequence, limit, types));
  }

  private static List<LogEntry> entries(
      SqlConnection sql, SessionId id, long after, int limit, Set<String> types)
      throws SQLException {
    long session =
        sql.first("SELECT number FROM sessions WHERE id = ?", row -> row.getLong(1), id.value())
            .orElseThrow(() -> SessionLog.noSession(id));
    return sql.list(
        "SELECT sequence, position, stored FROM events WHERE session = ?1 AND sequence > ?2"
            + " AND (?3 = '[]' OR type IN (SELECT value FROM json_each(?3)))"
            + " ORDER BY sequence LIMIT ?4",
        row -> SessionLog.entry(id, row),
        session,
        after,
        Json.write(types),
        limit);
  }

  @Override
  public List<LogEntry> readAll(SessionId id) {
    return read(id, 0, Integer.MAX_VALUE, Set.of());
  }

  @Override
  public List<LogEntry> readStore(long afterPosition, int limit) {
    requireLimit(limit);
    return readers.read(
        sql ->
            sql.list(
                "SELECT e.sequence, e.position, e.stored, s.id FROM events e"
                    + " JOIN sessions s ON s.number = e.session"
                    + " WHERE e.position > ? ORDER BY e.position LIMIT ?",
                row -> SessionLog.entry(new SessionId(row.getString(4)), row),
                afterPosition,
                limit));
  }

  @Override
  public Subscription subscribe(SessionId id, long afterSequence) {
    if (find(id).isEmpty()) {
      throw SessionLog.noSession(id);
    }
    return new LogSubscription(
        changes.watch(id),
        afterSequence,
        (after, limit) -> readers.read(sql -> entries(sql, id, after, limit, Set.of())));
  }

  @Override
  public void delete(SessionId id) {
    removal.delete(id);
  }

  private static List<EncodedEvent> encode(List<NewEvent> events, Instant now) {
    if (events.size() > MAX_EVENTS) {
      throw new StoreException(
          ErrorCode.LIMIT_EXCEEDED,
          "%,d events in one append, the log takes up to %,d; split them"
              .formatted(events.size(), MAX_EVENTS));
    }
    return events.stream().map(event -> EncodedEvent.of(event, now)).toList();
  }

  private static int size(List<EncodedEvent> events) {
    return (int)
        Math.min(Integer.MAX_VALUE >> 1, events.stream().mapToLong(EncodedEvent::size).sum());
  }

  static void requireLimit(int limit) {
    if (limit < 1) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST, "a limit must be at least 1, it was %d".formatted(limit));
    }
  }

  private static void requireKey(String key) {
    if (key.isBlank() || key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "a client key must have 1 to %d bytes, this one has %d"
              .formatted(MAX_KEY, key.getBytes(StandardCharsets.UTF_8).length));
    }
  }

  static SessionRecord record(ResultSet row) throws SQLException {
    return new SessionRecord(
        new SessionId(row.getString(1)),
        new WorkspaceId(row.getString(2)),
        Json.read(row.getString(3), ObjectNode.class),
        Instant.ofEpochMilli(row.getLong(4)),
        Instant.ofEpochMilli(row.getLong(5)),
        row.getLong(6));
  }
}
