package dev.paddock.agent;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.spi.Sessions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** A session's log as far as it was read, and its fold. No entry is read twice. */
final class ReadLog {
  private static final int PAGE = 1000;

  private final Sessions sessions;
  private final SessionId id;
  private final List<LogEntry> entries = new ArrayList<>();
  private SessionState state = SessionState.EMPTY;

  ReadLog(Sessions sessions, SessionId id) {
    this.sessions = sessions;
    this.id = id;
  }

  SessionState state() {
    return state;
  }

  List<LogEntry> entries() {
    return Collections.unmodifiableList(entries);
  }

  /** Reads what came in since. */
  void refresh() {
    List<LogEntry> page;
    do {
      page = sessions.read(id, state.sequence(), PAGE, Set.of());
      page.forEach(this::take);
    } while (page.size() == PAGE);
  }

  void take(LogEntry entry) {
    if (entry.sequence() > state.sequence()) {
      entries.add(entry);
      state = state.apply(entry);
    }
  }
}
