package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.Preview;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.server.spi.EventSource;
import dev.paddock.server.spi.Previews;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A log's stream with previews of events to come, which carry no id and may stop early: a client
 * that reads too slowly gets no more of an event than it could take, and then the event itself.
 */
final class PreviewStream implements EventSource {
  private static final int QUEUED = 1_024;
  private static final int REMEMBERED = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final EventSource log;
  private final boolean messages;
  private final boolean thinking;
  private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(QUEUED);

  /** The newest events that were begun, and whether something of them was left out. */
  private final Map<EventId, Boolean> begun =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<EventId, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  private volatile boolean closed;
  private Optional<Previews.Listening> listening = Optional.empty();
  private Optional<Thread> pump = Optional.empty();

  /** What waits to be written. */
  private sealed interface Item {
    record Logged(Batch batch) implements Item {}

    record Shown(Event event) implements Item {}

    record Failed(RuntimeException failure) implements Item {}
  }

  private PreviewStream(EventSource log, List<String> types) {
    this.log = log;
    this.messages = types.contains("agent.message");
    this.thinking = types.contains("agent.thinking");
  }

  static PreviewStream open(
      EventSource log, Previews previews, SessionId session, List<String> types) {
    PreviewStream stream = new PreviewStream(log, types);
    stream.listening = Optional.of(previews.listen(session, stream::hear));
    stream.pump = Optional.of(Thread.ofVirtual().name("stream " + session).start(stream::pump));
    return stream;
  }

  private void pump() {
    try {
      boolean last = false;
      while (!closed && !last) {
        Batch batch = log.next(PATIENCE);
        if (!batch.events().isEmpty() || batch.last()) {
          queue.put(new Item.Logged(batch));
        }
        last = batch.last();
      }
    } catch (RuntimeException e) {
      fail(e);
    } catch (InterruptedException e) {
      // close() interrupts: nobody reads any more.
      Thread.currentThread().interrupt();
    } finally {
      log.close();
    }
  }

  private void fail(RuntimeException failure) {
    try {
      queue.put(new Item.Failed(failure));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void hear(Preview preview) {
    switch (preview) {
      case Preview.Text text when messages -> {
        if (start(text.event(), "agent.message")) {
          show(text.event(), delta(text));
        }
      }
      case Preview.Thinking more when thinking -> start(more.event(), "agent.thinking");
      case Preview.Text ignored -> {}
      case Preview.Thinking ignored -> {}
      case Preview.ToolCall ignored -> {}
      case Preview.Asking ignored -> {}
      case Preview.Prompt ignored -> {}
      case Preview.CallProgress ignored -> {}
      case Preview.Retry ignored -> {}
    }
  }

  /** Whether more of the event may be shown. */
  private boolean start(EventId event, String type) {
    if (begun.putIfAbsent(event, false) == null) {
      ObjectNode wire = Json.object().put("type", "event_start");
      wire.putObject("event").put("id", event.value()).put("type", type);
      show(event, wire);
    }
    return !begun.getOrDefault(event, false);
  }

  private void show(EventId event, ObjectNode wire) {
    if (!queue.offer(new Item.Shown(SessionStream.event(Optional.empty(), wire)))) {
      begun.put(event, true);
    }
  }

  private static ObjectNode delta(Preview.Text text) {
    ObjectNode wire =
        Json.object().put("type", "event_delta").put("event_id", text.event().value());
    wire.putObject("delta")
        .put("type", "content_delta")
        .put("index", 0)
        .putObject("content")
        .put("type", "text")
        .put("text", text.delta());
    return wire;
  }

  @Override
  public Batch next(Duration wait) throws InterruptedException {
    List<Item> items = new ArrayList<>();
    Item first = queue.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
    if (first == null) {
      return Batch.NOTHING;
    }
    items.add(first);
    queue.drainTo(items);
    List<Event> events = new ArrayList<>();
    boolean last = false;
    for (Item item : items) {
      switch (item) {
        case Item.Logged(Batch batch) -> {
          events.addAll(batch.events());
          last |= batch.last();
        }
        case Item.Shown(Event event) -> events.add(event);
        case Item.Failed(RuntimeException failure) -> throw failure;
      }
    }
    return new Batch(events, last);
  }

  @Override
  public void close() {
    closed = true;
    listening.ifPresent(Previews.Listening::close);
    log.close();
    pump.ifPresent(Thread::interrupt);
  }
}
