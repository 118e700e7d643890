package dev.paddock.cli;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.Subscription;
import java.time.Duration;
import java.util.function.Consumer;

/** Shows each entry of a log as it comes, on a thread of its own. */
final class Follower implements AutoCloseable {
  private final Subscription subscription;
  private final Consumer<LogEntry> show;
  private final Thread thread;
  private long shown;
  private boolean ended;

  Follower(Sessions sessions, SessionId session, Consumer<LogEntry> show) {
    this.subscription = sessions.subscribe(session, 0);
    this.show = show;
    this.thread = Thread.ofPlatform().daemon().name("follower").start(this::follow);
  }

  private void follow() {
    try {
      while (true) {
        for (LogEntry entry : subscription.next(100, Duration.ofSeconds(5))) {
          show.accept(entry);
          advance(entry.sequence());
        }
        if (closing()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end();
    }
  }

  /** Waits until the entry of this sequence has been shown. */
  synchronized void upTo(long sequence) throws InterruptedException {
    while (shown < sequence && !ended) {
      wait();
    }
  }

  private synchronized void advance(long sequence) {
    shown = sequence;
    notifyAll();
  }

  private synchronized boolean closing() {
    return ended;
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  @Override
  public void close() {
    end();
    subscription.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
