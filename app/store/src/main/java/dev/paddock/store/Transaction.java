package dev.paddock.store;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append.Durability;
import dev.paddock.store.SqlConnection.RowReader;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The writer's open transaction, and what it remembers from one to the next. */
final class Transaction {
  private static final int REMEMBERED_HEADS = 1024;

  private final Database database;
  private final WriteConnection connection;
  private final Map<SessionId, Head> heads =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionId, Head> eldest) {
          return size() > REMEMBERED_HEADS;
        }
      };
  private Map<SessionId, List<LogEntry>> changed = new HashMap<>();
  private Set<SessionId> rewritten = new HashSet<>();
  private long lastPosition = -1;
  private boolean touched;

  Transaction(Database database, WriteConnection connection) {
    this.database = database;
    this.connection = connection;
  }

  /** The end of a session's chain. */
  record Head(long session, long sequence, Bytes link, Standing standing) {}

  /** Forgets everything if another process has written since the last one. */
  void begin(Durability durability) throws SQLException {
    changed = new HashMap<>();
    rewritten = new HashSet<>();
    if (!connection.begin(durability)) {
      forget();
    }
  }

  void forget() {
    heads.clear();
    lastPosition = -1;
  }

  /** From here on {@link #touchedSinceMark} counts. */
  void mark() {
    touched = false;
  }

  /**
   * Whether something was written, or a statement failed, which may have spoilt what was before.
   */
  boolean touchedSinceMark() {
    return touched;
  }

  /** A statement failed. */
  void failed() {
    touched = true;
  }

  /** Sessions with what was appended to them; with nothing where another thing was changed. */
  Map<SessionId, List<LogEntry>> changed() {
    rewritten.forEach(session -> changed.put(session, List.of()));
    return changed;
  }

  int update(String statement, Object... values) throws SQLException {
    touched = true;
    return sql().update(statement, values);
  }

  /** How many rows each of them changed. */
  int[] updateAll(String statement, List<Object[]> rows) throws SQLException {
    touched = true;
    return sql().updateAll(statement, rows);
  }

  /** Adds one row; the statement returns its number. */
  long insert(String statement, Object... values) throws SQLException {
    touched = true;
    return sql().number(statement, values);
  }

  void run(String statement) throws SQLException {
    touched = true;
    sql().run(statement);
  }

  <T> Optional<T> first(String query, RowReader<T> reader, Object... values) throws SQLException {
    return sql().first(query, reader, values);
  }

  <T> List<T> list(String query, RowReader<T> reader, Object... values) throws SQLException {
    return sql().list(query, reader, values);
  }

  long number(String query, Object... values) throws SQLException {
    return sql().number(query, values);
  }

  private SqlConnection sql() {
    return connection.sql();
  }

  long now() throws SQLException {
    return database.now(sql());
  }

  Optional<Head> head(SessionId id) throws SQLException {
    Head known = heads.get(id);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Head> stored =
        sql()
            .first(
                "SELECT s.number, s.status, s.stop_reason, s.unfinished,"
                    + " (SELECT coalesce(max(e.sequence), 0) FROM events e"
                    + " WHERE e.session = s.number),"
                    + " (SELECT e.link FROM events e WHERE e.session = s.number"
                    + " ORDER BY e.sequence DESC LIMIT 1) FROM sessions s WHERE s.id = ?",
                row ->
                    new Head(
                        row.getLong(1),
                        row.getLong(5),
                        Optional.ofNullable(row.getBytes(6))
                            .map(Bytes::of)
                            .orElseGet(() -> Chain.root(id)),
                        Standing.of(
                            row.getString(2),
                            Optional.ofNullable(row.getString(3)),
                            row.getInt(4))),
                id.value());
    stored.ifPresent(head -> heads.put(id, head));
    return stored;
  }

  /** The chain of a session has grown by these. */
  void moveHead(SessionId id, Head head, List<LogEntry> appended) {
    heads.put(id, head);
    changed.computeIfAbsent(id, _ -> new ArrayList<>()).addAll(appended);
  }

  void removeHead(SessionId id) {
    heads.remove(id);
    rewritten.add(id);
  }

  /** What stood in a session's log before stands there no more. */
  void rewrote(SessionId id) {
    rewritten.add(id);
  }

  long nextPosition() throws SQLException {
    if (lastPosition < 0) {
      lastPosition =
          sql()
              .number(
                  "SELECT max(position) FROM (SELECT position FROM deleted UNION ALL"
                      + " SELECT max(position) FROM events) AS given");
    }
    return ++lastPosition;
  }
}
