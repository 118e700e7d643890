package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append.Durability;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.store.BlobSweep.Released;
import dev.paddock.store.BlobSweep.Swept;
import dev.paddock.store.Transaction.Head;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Deletes sessions, and the blobs that only they referred to. */
final class SessionRemoval {
  private final Database database;
  private final Writer writer;
  private final Readers readers;
  private final BlobSweep sweep;
  private final Clock clock;

  SessionRemoval(Database database, Writer writer, Readers readers, BlobSweep sweep, Clock clock) {
    this.database = database;
    this.writer = writer;
    this.readers = readers;
    this.sweep = sweep;
    this.clock = clock;
  }

  void delete(SessionId id) {
    List<Released> released =
        writer.write(
            Durability.ACKNOWLEDGED, tx -> delete(tx, id, SessionLog.headOf(tx, id).session()));
    sweep.released(released);
  }

  Pruned prune(PruneRule rule) {
    int sessions = 0;
    Swept swept = Swept.NOTHING;
    for (SessionRecord session : matching(rule)) {
      Optional<List<Released>> released =
          rule.spare().test(session) ? Optional.empty() : deleteUnchanged(session);
      if (released.isPresent()) {
        swept = swept.plus(sweep.released(released.get()));
        sessions++;
      }
    }
    swept = swept.plus(sweep.all());
    if (sessions > 0) {
      giveBackSpace();
    }
    return new Pruned(sessions, swept.count(), swept.bytes());
  }

  private List<SessionRecord> matching(PruneRule rule) {
    if (rule.olderThan().isEmpty() && rule.keepNewest().isEmpty()) {
      return List.of();
    }
    int keep = rule.keepNewest().orElse(Integer.MAX_VALUE);
    if (keep < 0 || rule.olderThan().filter(age -> age.isNegative()).isPresent()) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST, "a prune needs an age and a count of at least 0");
    }
    long oldest =
        rule.olderThan()
            .map(age -> clock.instant().minus(age).toEpochMilli())
            .orElse(Long.MIN_VALUE);
    return readers.read(
        sql ->
            sql.list(
                "WITH recent AS (SELECT s.number AS number, "
                    + SqlSessions.UPDATED_AT
                    + " AS updated_at FROM sessions s WHERE s.parent IS NULL) "
                    + SqlSessions.RECORD
                    + " WHERE s.parent IS NULL AND (s.number IN"
                    + " (SELECT number FROM recent WHERE updated_at < ?) OR s.number NOT IN"
                    + " (SELECT number FROM recent ORDER BY updated_at DESC, number DESC LIMIT ?))",
                SqlSessions::record,
                oldest,
                keep));
  }

  /** Leaves a session alone to which something was added since it was looked at. */
  private Optional<List<Released>> deleteUnchanged(SessionRecord session) {
    return writer.write(
        Durability.ACKNOWLEDGED,
        tx -> {
          Optional<Head> head = tx.head(session.id());
          return head.isPresent() && head.get().sequence() == session.lastSequence()
              ? Optional.of(delete(tx, session.id(), head.get().session()))
              : Optional.empty();
        });
  }

  /** With its threads, each of which may have threads in turn. */
  private static List<Released> delete(Transaction tx, SessionId id, long session)
      throws SQLException {
    List<Released> released = new ArrayList<>();
    for (SessionId thread :
        tx.list(
            "SELECT id FROM sessions WHERE parent = ?",
            row -> new SessionId(row.getString(1)),
            id.value())) {
      released.addAll(delete(tx, thread, SessionLog.headOf(tx, thread).session()));
    }
    released.addAll(
        tx.list(
            "SELECT sha256, max(referred_at) FROM blob_references"
                + " WHERE session = ? AND resource = 0 GROUP BY sha256",
            row -> new Released(row.getString(1), Instant.ofEpochMilli(row.getLong(2))),
            session));
    tx.update(
        "UPDATE deleted SET position = (SELECT max(position) FROM (SELECT position FROM deleted"
            + " UNION ALL SELECT max(position) FROM events WHERE session = ?) AS given)",
        session);
    tx.update("DELETE FROM events WHERE session = ?", session);
    tx.update("DELETE FROM client_keys WHERE session = ?", session);
    tx.update("DELETE FROM blob_references WHERE session = ? AND resource = 0", session);
    tx.update("DELETE FROM anchors WHERE session = ?", session);
    tx.update("DELETE FROM sessions WHERE number = ?", session);
    tx.removeHead(id);
    return released;
  }

  /** In steps, so that appends get their turn between them. */
  private void giveBackSpace() {
    boolean more = true;
    while (more) {
      more = writer.write(Durability.TURN, database::giveBackSpace);
    }
  }
}
