package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.EventSource;
import dev.paddock.server.spi.ServerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What a response that is being made has told so far, and those who wait for more of it. */
final class ResponseFeed {
  private static final Duration LOOK = Duration.ofMillis(250);

  private final Runnable abandoned;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<EventSource.Event> events = new ArrayList<>();
  private boolean begun;
  private boolean done;
  private @Nullable RuntimeException refusal;

  /**
   * @param abandoned called when the client that asked for the response is gone
   */
  ResponseFeed(Runnable abandoned) {
    this.abandoned = abandoned;
  }

  static EventSource.Event event(ObjectNode json) {
    return new EventSource.Event(
        Optional.of(json.path("sequence_number").asText()),
        Optional.of(json.path("type").asText()),
        Json.write(json));
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void tell(ObjectNode json) {
    EventSource.Event event = event(json);
    change(() -> events.add(event));
  }

  /** From here on there will be something to stream. */
  void begin() {
    change(() -> begun = true);
  }

  /** Nobody saw anything yet; those who wait get this. */
  void refuse(RuntimeException cause) {
    change(() -> refusal = cause);
  }

  void end() {
    change(() -> done = true);
  }

  /** All events and one more, one a line, for those who read them later. */
  String lines(ObjectNode last) {
    StringBuilder lines = new StringBuilder();
    lock.lock();
    try {
      events.forEach(event -> lines.append(event.data()).append('\n'));
    } finally {
      lock.unlock();
    }
    return lines.append(Json.write(last)).append('\n').toString();
  }

  /** Waits until there is something to stream; throws why there will be nothing. */
  void awaitBegun(BooleanSupplier gone) throws InterruptedException {
    await(() -> begun || done, gone);
  }

  /** Waits for the end; throws why there is no response. */
  void awaitDone(BooleanSupplier gone) throws InterruptedException {
    await(() -> done, gone);
  }

  private void await(BooleanSupplier reached, BooleanSupplier gone) throws InterruptedException {
    lock.lock();
    try {
      while (!reached.getAsBoolean()) {
        if (!changed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS) && gone.getAsBoolean()) {
          abandoned.run();
          throw new ServerException(ErrorCode.CANCELLED, "the client hung up");
        }
      }
      if (refusal != null) {
        throw refusal;
      }
    } catch (InterruptedException e) {
      abandoned.run();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The events after a sequence number as they come.
   *
   * @param owns whether the reader is the client that asked for the response and waits for it
   */
  EventSource follow(long after, boolean owns) {
    return new Following(after, owns);
  }

  private final class Following implements EventSource {
    private final boolean owns;
    private int position;

    Following(long after, boolean owns) {
      this.owns = owns;
      position = Math.clamp(after + 1, 0, Integer.MAX_VALUE);
    }

    @Override
    public Batch next(Duration wait) throws InterruptedException {
      long left = wait.toNanos();
      lock.lock();
      try {
        while (position >= events.size() && !done && left > 0) {
          left = changed.awaitNanos(left);
        }
        int from = Math.min(position, events.size());
        List<Event> more = List.copyOf(events.subList(from, events.size()));
        position += more.size();
        return new Batch(more, done);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public boolean finite() {
      return true;
    }

    @Override
    public void close() {
      if (owns) {
        abandoned.run();
      }
    }
  }
}
