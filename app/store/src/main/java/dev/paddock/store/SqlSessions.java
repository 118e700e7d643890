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
import dev.paddock.core.spi.LogQuery;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.Order;
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

/** The session log in a database. */
final class SqlSessions implements Sessions {
  private static final int MAX_EVENTS = 10_000;
  private static final int MAX_KEY = 255;

  private static final String LAST = "FROM events e WHERE e.session = s.number";

  static final String UPDATED_AT =
      "coalesce((SELECT e.recorded_at "
          + LAST
          + " ORDER BY e.sequence DESC LIMIT 1), s.created_at)";

  static final String RECORD =
      "SELECT s.id, s.workspace, s.parent, s.document, s.created_at, "
          + UPDATED_AT
          + ", (SELECT coalesce(max(e.sequence), 0) "
          + LAST
          + "), s.status, s.stop_reason FROM sessions s";

  private final Dialect dialect;
  private final Writer writer;
  private final Readers readers;
  private final Changes changes;
  private final SessionRemoval removal;
  private final Clock clock;

  SqlSessions(
      Dialect dialect,
      Writer writer,
      Readers readers,
      Changes changes,
      SessionRemoval removal,
      Clock clock) {
    this.dialect = dialect;
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
    EncodedDocument document = document(id, session.document(), now);
    List<EncodedEvent> events = encode(session.events(), now);
    return writer.write(
        Durability.ACKNOWLEDGED,
        size(events, document.size()),
        tx -> {
          if (tx.head(id).isPresent()) {
            throw new StoreException(
                ErrorCode.CONFLICT, "session %s exists already; use a new id".formatted(id));
          }
          if (session.parent().isPresent()) {
            SessionLog.headOf(tx, session.parent().get());
          }
          long number = insert(tx, session, document);
          List<LogEntry> entries = SessionLog.add(tx, id, events, Durability.ACKNOWLEDGED);
          BlobReferences.ofSession(tx, number, document);
          Standing standing = SessionLog.headOf(tx, id).standing();
          return new SessionRecord(
              id,
              session.workspaceId(),
              session.parent(),
              session.document(),
              now,
              now,
              entries.size(),
              standing.status(),
              standing.stopReason());
        });
  }

  private static long insert(Transaction tx, NewSession session, EncodedDocument document)
      throws SQLException {
    long number =
        tx.insert(
            "INSERT INTO sessions (id, workspace, parent, document, created_at)"
                + " VALUES (?, ?, ?, ?, ?) RETURNING number",
            session.id().value(),
            session.workspaceId().value(),
            session.parent(),
            document.json(),
            document.now().toEpochMilli());
    tx.moveHead(
        session.id(), new Head(number, 0, Chain.root(session.id()), Standing.NEW), List.of());
    return number;
  }

  private static EncodedDocument document(SessionId id, ObjectNode document, Instant now) {
    return EncodedDocument.of(document, "session " + id, now);
  }

  @Override
  public Optional<SessionRecord> find(SessionId id) {
    return readers.read(
        sql -> sql.first(RECORD + " WHERE s.id = ?", SqlSessions::record, id.value()));
  }

  @Override
  public List<SessionRecord> list(SessionFilter filter) {
    Where where =
        new Where()
            .equal("s.workspace", filter.workspaceId().map(WorkspaceId::value))
            .in("s.status", filter.statuses().stream().map(Standing::text).toList())
            .within("s.created_at", filter.created())
            .matches(dialect, "s.document", filter.document());
    filter
        .parent()
        .ifPresentOrElse(
            parent -> where.and("s.parent = ?", parent.value()),
            () -> where.and("s.parent IS NULL"));
    return page(where, filter.order(), filter.after(), filter.limit());
  }

  @Override
  public List<SessionRecord> unfinished(Optional<SessionId> after, int limit) {
    return page(new Where().and("s.unfinished = 1"), Order.ASCENDING, after, limit);
  }

  private List<SessionRecord> page(Where where, Order order, Optional<SessionId> after, int limit) {
    requireLimit(limit);
    after.ifPresent(id -> where.after("s.number", "sessions", order, id.value(), ""));
    return readers.read(
        sql ->
            sql.list(
                RECORD + where.text() + Where.orderBy("s.number", order) + " LIMIT ?",
                SqlSessions::record,
                where.valuesAnd(limit)));
  }

  @Override
  public Appended append(SessionId id, Append append) {
    append.clientKey().ifPresent(SqlSessions::requireKey);
    Instant now = clock.instant();
    List<EncodedEvent> events = encode(append.events(), now);
    Optional<EncodedDocument> document =
        append.document().map(replacement -> document(id, replacement, now));
    return writer.write(
        append.durability(),
        size(events, document.map(EncodedDocument::size).orElse(0)),
        tx -> SessionLog.append(tx, id, append, events, document));
  }

  @Override
  public List<LogEntry> read(SessionId id, LogQuery query) {
    requireLimit(query.limit());
    return readers.read(sql -> entries(sql, id, query));
  }

  private static List<LogEntry> entries(SqlConnection sql, SessionId id, LogQuery query)
      throws SQLException {
    long session =
        sql.first("SELECT number FROM sessions WHERE id = ?", row -> row.getLong(1), id.value())
            .orElseThrow(() -> SessionLog.noSession(id));
    Where where =
        new Where()
            .and("session = ?", session)
            .and("sequence > ? AND sequence < ?", query.afterSequence(), query.beforeSequence())
            .in("type", query.types())
            .within("recorded_at", query.created());
    return sql.list(
        "SELECT sequence, position, stored FROM events"
            + where.text()
            + Where.orderBy("sequence", query.order())
            + " LIMIT ?",
        row -> SessionLog.entry(id, row),
        where.valuesAnd(query.limit()));
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
        (after, limit) -> read(id, LogQuery.first(limit).withAfter(after)));
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

  private static int size(List<EncodedEvent> events, int document) {
    return (int)
        Math.min(Integer.MAX_VALUE, document + events.stream().mapToLong(EncodedEvent::size).sum());
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
    Standing standing = Standing.of(row.getString(8), Optional.ofNullable(row.getString(9)), 0);
    return new SessionRecord(
        new SessionId(row.getString(1)),
        new WorkspaceId(row.getString(2)),
        Optional.ofNullable(row.getString(3)).map(SessionId::new),
        Json.read(row.getString(4), ObjectNode.class),
        Instant.ofEpochMilli(row.getLong(5)),
        Instant.ofEpochMilli(row.getLong(6)),
        row.getLong(7),
        standing.status(),
        standing.stopReason());
  }
}
