package dev.paddock.anthropic;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.LogQuery;
import dev.paddock.core.spi.Sessions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Folds of logs, kept so that an answer reads only what is new. */
final class Folds {
  private static final int KEPT = 2_000;
  private static final int BATCH = 1_000;

  private final Sessions sessions;
  private final Map<SessionId, Fold> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionId, Fold> eldest) {
          return size() > KEPT;
        }
      };

  Folds(Sessions sessions) {
    this.sessions = sessions;
  }

  /** The fold of a session's log up to {@code sequence} at least. */
  Fold of(SessionId id, long sequence) {
    Fold fold = before(id).orElse(Fold.EMPTY);
    while (fold.sequence() < sequence) {
      List<LogEntry> entries = sessions.read(id, LogQuery.first(BATCH).withAfter(fold.sequence()));
      if (entries.isEmpty()) {
        break;
      }
      for (LogEntry entry : entries) {
        fold = fold.apply(entry);
      }
    }
    keep(id, fold);
    return fold;
  }

  private synchronized Optional<Fold> before(SessionId id) {
    return Optional.ofNullable(kept.get(id));
  }

  private synchronized void keep(SessionId id, Fold fold) {
    kept.merge(id, fold, (old, fresh) -> old.sequence() > fresh.sequence() ? old : fresh);
  }
}
