package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Append.Durability;
import dev.paddock.core.spi.Appended;
import dev.paddock.core.spi.Lease;
import dev.paddock.store.Transaction.Head;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the writer does to a session's log, inside its transaction. */
final class SessionLog {
  private SessionLog() {}

  static Head headOf(Transaction tx, SessionId id) throws SQLException {
    return tx.head(id).orElseThrow(() -> noSession(id));
  }

  static StoreException noSession(SessionId id) {
    return new StoreException(
        ErrorCode.NOT_FOUND, "no session %s; see `paddock sessions list`".formatted(id));
  }

  static Appended append(
      Transaction tx,
      SessionId id,
      Append append,
      List<EncodedEvent> events,
      Optional<EncodedDocument> document)
      throws SQLException {
    Head head = headOf(tx, id);
    if (append.clientKey().isPresent()) {
      Optional<List<LogEntry>> before = appendedBefore(tx, id, head, append.clientKey().get());
      if (before.isPresent()) {
        return new Appended(before.get(), true);
      }
    }
    if (append.expectedSequence().isPresent()) {
      requireSequence(id, head, append.expectedSequence().get());
    }
    if (append.lease().isPresent()) {
      requireLease(tx, id, append.lease().get());
    }
    List<LogEntry> entries = add(tx, id, events, append.durability());
    if (document.isPresent()) {
      EncodedDocument replacement = document.get();
      tx.update(
          "UPDATE sessions SET document = ? WHERE number = ?", replacement.json(), head.session());
      BlobReferences.ofSession(tx, head.session(), replacement);
    }
    if (append.clientKey().isPresent() && !entries.isEmpty()) {
      tx.update(
          "INSERT INTO client_keys VALUES (?, ?, ?, ?)",
          head.session(),
          append.clientKey().get(),
          head.sequence() + 1,
          head.sequence() + entries.size());
    }
    return new Appended(entries, false);
  }

  /** Adds events at the end of the chain. */
  static List<LogEntry> add(
      Transaction tx, SessionId id, List<EncodedEvent> events, Durability durability)
      throws SQLException {
    if (events.isEmpty()) {
      return List.of();
    }
    Head head = headOf(tx, id);
    long session = head.session();
    long sequence = head.sequence();
    Bytes link = head.link();
    Standing standing = head.standing();
    List<LogEntry> entries = new ArrayList<>(events.size());
    List<Object[]> rows = new ArrayList<>(events.size());
    for (EncodedEvent event : events) {
      sequence++;
      link = Chain.link(link, sequence, event.digest());
      long position = tx.nextPosition();
      rows.add(row(session, sequence, position, event, link));
      entries.add(event.record().entry(id, sequence, position));
      standing = standing.after(event.record().event());
    }
    insert(tx, id, events, rows);
    for (int i = 0; i < rows.size(); i++) {
      EncodedEvent event = events.get(i);
      BlobReferences.ofEvent(
          tx, session, entries.get(i).position(), event.blobs(), event.record().recordedAt());
    }
    // Not for each event inside a turn: it would cost a page more to write.
    if (durability == Durability.ACKNOWLEDGED) {
      tx.update(
          "INSERT INTO anchors VALUES (?, ?, ?)"
              + " ON CONFLICT (session) DO UPDATE SET sequence = excluded.sequence,"
              + " link = excluded.link",
          session,
          sequence,
          link);
    }
    if (!standing.equals(head.standing())) {
      tx.update(
          "UPDATE sessions SET status = ?, stop_reason = ?, unfinished = ? WHERE number = ?",
          standing.statusText(),
          standing.stopReasonText(),
          standing.unfinishedNumber(),
          session);
    }
    tx.moveHead(id, new Head(session, sequence, link, standing), entries);
    return entries;
  }

  private static Object[] row(
      long session, long sequence, long position, EncodedEvent event, Bytes link) {
    EventRecord record = event.record();
    return new Object[] {
      position,
      session,
      sequence,
      record.event().id().value(),
      record.event().type(),
      record.recordedAt().toEpochMilli(),
      record.principalText(),
      record.signatureText(),
      event.stored(),
      event.digest(),
      link
    };
  }

  private static void insert(
      Transaction tx, SessionId id, List<EncodedEvent> events, List<Object[]> rows)
      throws SQLException {
    int[] added =
        tx.updateAll(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"
                + " ON CONFLICT (session, id) DO NOTHING",
            rows);
    for (int i = 0; i < added.length; i++) {
      if (added[i] == 0) {
        throw new StoreException(
            ErrorCode.CONFLICT,
            "session %s holds an event %s already; give each event an id of its own"
                .formatted(id, events.get(i).record().event().id()));
      }
    }
  }

  private static Optional<List<LogEntry>> appendedBefore(
      Transaction tx, SessionId id, Head head, String key) throws SQLException {
    record Range(long first, long last) {}
    Optional<Range> range =
        tx.first(
            "SELECT first_sequence, last_sequence FROM client_keys WHERE session = ? AND key = ?",
            row -> new Range(row.getLong(1), row.getLong(2)),
            head.session(),
            key);
    if (range.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        tx.list(
            "SELECT sequence, position, stored FROM events WHERE session = ? AND sequence BETWEEN ? AND ? ORDER BY sequence",
            row -> entry(id, row),
            head.session(),
            range.get().first(),
            range.get().last()));
  }

  private static void requireSequence(SessionId id, Head head, long expected) {
    if (head.sequence() != expected) {
      throw new StoreException(
          ErrorCode.CONFLICT,
          "session %s is at sequence %d, not at %d as expected; read what was added and try again"
              .formatted(id, head.sequence(), expected));
    }
  }

  /**
   * The epoch alone decides. One that expired but that nobody took since still holds: no second
   * runner can exist, and a pause (a suspended laptop) need not cost the run.
   */
  private static void requireLease(Transaction tx, SessionId id, Lease lease) throws SQLException {
    boolean current =
        tx.first(
                "SELECT 1 FROM leases WHERE name = ? AND holder = ? AND epoch = ?",
                row -> true,
                lease.name(),
                lease.holder(),
                lease.epoch())
            .isPresent();
    if (!current) {
      throw new StoreException(
          ErrorCode.CONFLICT,
          "the lease %s of %s (epoch %d) was given up or taken by another; stop running session %s"
              .formatted(lease.name(), lease.holder(), lease.epoch(), id));
    }
  }

  /** Reads sequence, position and stored bytes. */
  static LogEntry entry(SessionId id, ResultSet row) throws SQLException {
    long sequence = row.getLong(1);
    return EventRecord.decode(
            Bytes.of(row.getBytes(3)), "event %d of session %s".formatted(sequence, id))
        .entry(id, sequence, row.getLong(2));
  }
}
