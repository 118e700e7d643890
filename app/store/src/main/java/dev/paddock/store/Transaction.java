package dev.paddock.store;

import dev.paddock.core.SessionId;
import dev.paddock.store.SqlConnection.RowReader;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The writer's open transaction, and what it remembers from one to the next. */
final class Transaction {
  private static final int REMEMBERED_HEADS = 1024;

  private final SqlConnection sql;
  private final Map<SessionId, Head> heads =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionId, Head> eldest) {
          return size() > REMEMBERED_HEADS;
        }
      };
  private Set<SessionId> changed = new HashSet<>();
  private long dataVersion = -1;
  private long lastPosition = -1;
  private boolean wrote;

  Transaction(SqlConnection sql) {
    this.sql = sql;
  }

  /** The end of a session's chain. */
  record Head(long session, long sequence, Bytes link, Standing standing) {}

  /** Called right after BEGIN: forgets everything if another process has written meanwhile. */
  void begun() throws SQLException {
    changed = new HashSet<>();
    long version = sql.number("PRAGMA data_version");
    if (version != dataVersion) {
      forget();
      dataVersion = version;
    }
  }

  void forget() {
    heads.clear();
    lastPosition = -1;
  }

  /** From here on {@link #wroteSinceMark} counts. */
  void mark() {
    wrote = false;
  }

  boolean wroteSinceMark() {
    return wrote;
  }

  Set<SessionId> changed() {
    return changed;
  }

  int update(String statement, Object... values) throws SQLException {
    wrote = true;
    return sql.update(statement, values);
  }

  /** Adds one row; the statement returns its number. */
  long insert(String statement, Object... values) throws SQLException {
    wrote = true;
    return sql.number(statement, values);
  }

  void run(String statement) throws SQLException {
    wrote = true;
    sql.run(statement);
  }

  <T> Optional<T> first(String query, RowReader<T> reader, Object... values) throws SQLException {
    return sql.first(query, reader, values);
  }

  <T> List<T> list(String query, RowReader<T> reader, Object... values) throws SQLException {
    return sql.list(query, reader, values);
  }

  long number(String query, Object... values) throws SQLException {
    return sql.number(query, values);
  }

  Optional<Head> head(SessionId id) throws SQLException {
    Head known = heads.get(id);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Head> stored =
        sql.first(
            "SELECT s.number, s.status, s.stop_reason, s.unfinished, e.sequence, e.link"
                + " FROM sessions s LEFT JOIN events e ON e.session = s.number"
                + " AND e.sequence = (SELECT max(sequence) FROM events WHERE session = s.number)"
                + " WHERE s.id = ?",
            row ->
                new Head(
                    row.getLong(1),
                    row.getLong(5),
                    Optional.ofNullable(row.getBytes(6))
                        .map(Bytes::of)
                        .orElseGet(() -> Chain.root(id)),
                    Standing.of(
                        row.getString(2), Optional.ofNullable(row.getString(3)), row.getInt(4))),
            id.value());
    stored.ifPresent(head -> heads.put(id, head));
    return stored;
  }

  void moveHead(SessionId id, Head head) {
    heads.put(id, head);
    changed.add(id);
  }

  void removeHead(SessionId id) {
    heads.remove(id);
    changed.add(id);
  }

  long nextPosition() throws SQLException {
    if (lastPosition < 0) {
      lastPosition =
          sql.number(
              "SELECT max(position) FROM (SELECT position FROM deleted UNION ALL"
                  + " SELECT max(position) FROM events) AS given");
    }
    return ++lastPosition;
  }
}
