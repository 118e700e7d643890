package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads a session's stream over every restart, as a client with {@code Last-Event-ID} does. */
final class SessionFollower implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final long AGAIN_NANOS = Duration.ofMillis(50).toNanos();
  private static final String DATA = "data: ";

  private final SessionClient client;
  private final String session;
  private final List<JsonNode> seen = new ArrayList<>();
  private final Thread thread;
  private String last;
  private volatile boolean closed;

  /** Follows from behind {@code after}, an event's id. */
  SessionFollower(SessionClient client, String session, String after) {
    this.client = client;
    this.session = session;
    this.last = after;
    this.thread = Thread.ofVirtual().name("follower").start(this::follow);
  }

  private void follow() {
    while (!closed) {
      try (Stream<String> lines = client.stream(session, Optional.of(last))) {
        for (Iterator<String> next = lines.iterator(); next.hasNext(); ) {
          String line = next.next();
          if (line.startsWith(DATA)) {
            add(Json.tree(line.substring(DATA.length())));
          }
        }
      } catch (IOException | UncheckedIOException serverGone) {
        LockSupport.parkNanos(AGAIN_NANOS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private synchronized void add(JsonNode event) {
    seen.add(event);
    last = event.path("id").asText();
    notifyAll();
  }

  /** Waits until what was seen is so. */
  synchronized List<JsonNode> await(Predicate<List<JsonNode>> so) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!so.test(seen)) {
      long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (left <= 0) {
        throw new AssertionError(
            "stuck after " + seen.subList(Math.max(0, seen.size() - 5), seen.size()));
      }
      wait(left);
    }
    return List.copyOf(seen);
  }

  /** The last of the events that say where the session stands. */
  static Optional<JsonNode> status(List<JsonNode> events) {
    return events.reversed().stream()
        .filter(event -> event.path("type").asText().startsWith("session.status_"))
        .findFirst();
  }

  static boolean isIdle(List<JsonNode> events) {
    return status(events)
        .filter(event -> event.path("type").asText().equals("session.status_idle"))
        .isPresent();
  }

  /** The call that the session waits for a person to allow. */
  static Optional<String> asks(List<JsonNode> events) {
    return status(events)
        .map(event -> event.path("stop_reason").path("event_ids").path(0).asText(""))
        .filter(call -> !call.isEmpty());
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.interrupt();
    thread.join();
  }
}
