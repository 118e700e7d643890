package dev.paddock.core.spi;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The session log. Every method throws the store's exception: {@code NOT_FOUND} for an unknown
 * session, {@code CONFLICT} for a lost race, {@code DISK_FULL}, {@code READ_ONLY}, {@code CORRUPT},
 * {@code BUSY}.
 */
public interface Sessions {

  /** Creates a session and appends its first events, in one transaction. */
  SessionRecord create(NewSession session);

  Optional<SessionRecord> find(SessionId id);

  /** Newest first. */
  List<SessionRecord> list(SessionFilter filter);

  /**
   * Appends events in order, all or none. A client key that was appended before returns the entries
   * of that time ({@link Appended#repeated()}) and appends nothing.
   */
  Appended append(SessionId id, Append append);

  /** Entries with a greater sequence, in order; {@code types} empty means every type. */
  List<LogEntry> read(SessionId id, long afterSequence, int limit, Set<String> types);

  /** The whole log of a session, in order. */
  List<LogEntry> readAll(SessionId id);

  /** Entries of every session with a greater position, in order and without gaps. */
  List<LogEntry> readStore(long afterPosition, int limit);

  /** Every entry after {@code afterSequence}, first those that are stored, then those to come. */
  Subscription subscribe(SessionId id, long afterSequence);

  /** Deletes the session, its log and what only it refers to. */
  void delete(SessionId id);
}
