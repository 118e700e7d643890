package dev.paddock.store;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Wakes those who wait for a session's log to change. */
final class Changes implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition stirred = lock.newCondition();
  private final Map<SessionId, Set<Watch>> watches = new HashMap<>();
  private final Map<SessionId, Tail> tails = new HashMap<>();
  private boolean closed;

  /** One subscriber's view on one session. */
  final class Watch implements AutoCloseable {
    private final SessionId session;
    private final Tail tail;
    private final Condition changed = lock.newCondition();
    private long version;
    private boolean ended;

    private Watch(SessionId session, Tail tail) {
      this.session = session;
      this.tail = tail;
    }

    /** Grows with every change; read it before the log, so that no change slips between. */
    long version() {
      lock.lock();
      try {
        return version;
      } finally {
        lock.unlock();
      }
    }

    boolean ended() {
      lock.lock();
      try {
        return ended;
      } finally {
        lock.unlock();
      }
    }

    /** What all who watch this session share. */
    Tail tail() {
      return tail;
    }

    /** Waits until the version is another one; false at the deadline or when it ended. */
    boolean await(long seen, long deadlineNanos) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        while (version == seen && !ended) {
          long left = deadlineNanos - System.nanoTime();
          if (left <= 0 || changed.awaitNanos(left) <= 0) {
            break;
          }
        }
        return version != seen && !ended;
      } finally {
        lock.unlock();
      }
    }

    private void wake() {
      version++;
      changed.signalAll();
    }

    @Override
    public void close() {
      lock.lock();
      try {
        ended = true;
        wake();
        Set<Watch> others = watches.get(session);
        if (others != null && others.remove(this) && others.isEmpty()) {
          watches.remove(session);
          tails.remove(session);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  Watch watch(SessionId session) {
    lock.lock();
    try {
      Watch watch = new Watch(session, tails.computeIfAbsent(session, id -> new Tail()));
      watch.ended = closed;
      watches.computeIfAbsent(session, id -> new HashSet<>()).add(watch);
      stirred.signalAll();
      return watch;
    } finally {
      lock.unlock();
    }
  }

  /** Sessions with what was appended to them; with nothing where another thing was changed. */
  void changed(Map<SessionId, List<LogEntry>> sessions) {
    lock.lock();
    try {
      sessions.forEach(
          (session, appended) -> {
            Tail tail = tails.get(session);
            if (tail == null) {
              return;
            }
            if (appended.isEmpty()) {
              tail.outdate();
            } else {
              tail.grow(appended);
            }
            watches.getOrDefault(session, Set.of()).forEach(Watch::wake);
          });
    } finally {
      lock.unlock();
    }
  }

  void allChanged() {
    lock.lock();
    try {
      tails.values().forEach(Tail::outdate);
      watches.values().forEach(all -> all.forEach(Watch::wake));
    } finally {
      lock.unlock();
    }
  }

  /** Waits until someone is subscribed; false when the store is closed. */
  boolean awaitWatch() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (watches.isEmpty() && !closed) {
        stirred.await();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Waits that long; false when nobody is subscribed any more or the store is closed. */
  boolean pause(Duration length) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = length.toNanos();
      while (left > 0 && !closed) {
        left = stirred.awaitNanos(left);
      }
      return !watches.isEmpty() && !closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      List.copyOf(watches.values()).forEach(all -> List.copyOf(all).forEach(Watch::close));
      stirred.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
