package dev.paddock.core.spi;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The session log. Every method throws the store's exception: {@code NOT_FOUND} for an unknown
 * session, {@code CONFLICT} for a lost race, {@code DISK_FULL}, {@code READ_ONLY}, {@code CORRUPT},
 * {@code BUSY}, {@code UNAVAILABLE}.
 */
public interface Sessions {

  /**
   * Creates a session and appends its first events, in one transaction. Event ids are unique within
   * a session, so a copy of a log may keep them.
   */
  SessionRecord create(NewSession session);

  Optional<SessionRecord> find(SessionId id);

  List<SessionRecord> list(SessionFilter filter);

  /**
   * Sessions and threads that someone may have to go on with, oldest first: those whose last event
   * is neither {@code session.status_idle} nor {@code session.status_terminated}; requests to hosts
   * do not count.
   *
   * @param after the last one of the page before
   */
  List<SessionRecord> unfinished(Optional<SessionId> after, int limit);

  default List<SessionRecord> unfinished(int limit) {
    return unfinished(Optional.empty(), limit);
  }

  /**
   * Appends events in order, all or none. A client key that was appended before returns the entries
   * of that time ({@link Appended#repeated()}) and changes nothing.
   */
  Appended append(SessionId id, Append append);

  List<LogEntry> read(SessionId id, LogQuery query);

  /** Entries with a greater sequence, in order; {@code types} empty means every type. */
  default List<LogEntry> read(SessionId id, long afterSequence, int limit, Set<String> types) {
    return read(id, LogQuery.first(limit).withAfter(afterSequence).withTypes(types));
  }

  /** The whole log of a session, in order. */
  default List<LogEntry> readAll(SessionId id) {
    return read(id, LogQuery.ALL);
  }

  /** Entries of every session with a greater position, in order and without gaps. */
  List<LogEntry> readStore(long afterPosition, int limit);

  /** Every entry after {@code afterSequence}, first those that are stored, then those to come. */
  Subscription subscribe(SessionId id, long afterSequence);

  /** Deletes the session, its threads, their logs and what only they refer to. */
  void delete(SessionId id);
}
