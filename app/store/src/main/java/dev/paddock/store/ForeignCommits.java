package dev.paddock.store;

import dev.paddock.core.SessionId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Notices what other processes append, while anyone is subscribed. */
final class ForeignCommits implements AutoCloseable {
  private static final Duration RETRY = Duration.ofMillis(40);

  private final Database database;
  private final Changes changes;
  private final Thread thread;

  ForeignCommits(Database database, Changes changes) {
    this.database = database;
    this.changes = changes;
    this.thread = Thread.ofPlatform().daemon().name("paddock-store-changes").start(this::run);
  }

  /** Up to where every subscriber has been woken. */
  private record Place(long version, long position) {}

  private void run() {
    try {
      while (changes.awaitWatch()) {
        follow();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the poller", e);
    }
  }

  /** A failure wakes every subscriber: each then meets it in its own read and tells its caller. */
  private void follow() throws InterruptedException {
    try (SqlConnection sql = database.openWatcher()) {
      Place place = start(sql);
      while (database.awaitCommit(sql, changes)) {
        place = look(sql, place);
      }
    } catch (SQLException e) {
      changes.allChanged();
      changes.pause(RETRY);
    }
  }

  private Place start(SqlConnection sql) throws SQLException {
    long version = database.version(sql);
    long position = sql.number("SELECT coalesce(max(position), 0) FROM events");
    changes.allChanged();
    return new Place(version, position);
  }

  private Place look(SqlConnection sql, Place before) throws SQLException {
    long version = database.version(sql);
    if (version == before.version()) {
      return before;
    }
    record Appended(SessionId session, long position) {}
    List<Appended> appended =
        sql.list(
            "SELECT s.id, max(e.position) FROM events e JOIN sessions s ON s.number = e.session"
                + " WHERE e.position > ? GROUP BY s.id",
            row -> new Appended(new SessionId(row.getString(1)), row.getLong(2)),
            before.position());
    changes.changed(
        appended.stream().collect(Collectors.toMap(Appended::session, session -> List.of())));
    return new Place(
        version,
        appended.stream().mapToLong(Appended::position).reduce(before.position(), Math::max));
  }

  /** After {@link Changes#close}. */
  @Override
  public void close() {
    Threads.join(thread);
  }
}
