package dev.paddock.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.Preview;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.EventSource;
import dev.paddock.server.spi.Platform;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An interaction as server-sent events, from its beginning or from behind any event that a client
 * has. The log says what is told; while the model speaks, its words are told ahead of the log.
 */
final class InteractionStream implements EventSource {
  private static final Duration LOOK = Duration.ofSeconds(10);
  private static final Event DONE = new Event(Optional.empty(), Optional.empty(), "[DONE]");

  private final Platform platform;
  private final SessionRecord session;
  private final Runnable onEnd;
  private final InteractionState state;
  private final Runnable detach;
  private final LogReader log;
  private final Thread reader;

  private final LiveText live;
  private final Deque<LogEntry> pending = new ArrayDeque<>();
  private final List<Event> ready = new ArrayList<>();
  private final StepTeller teller = new StepTeller(this::send);
  private StreamPosition.@Nullable Name told;

  private boolean opened;
  private boolean gone;
  private boolean over;
  private boolean closed;
  private @Nullable RuntimeException failure;

  /**
   * @param onEnd runs when the stream is closed, whether or not it came to its end
   */
  private InteractionStream(
      Platform platform,
      LiveFeeds feeds,
      SessionRecord session,
      StreamPosition from,
      Runnable onEnd) {
    this.platform = platform;
    this.session = session;
    this.onEnd = onEnd;
    InteractionMark mark = InteractionMark.of(session);
    this.state = new InteractionState(mark.history(), mark.summaries());
    List<Preview> early = new ArrayList<>();
    LiveFeeds.Attached attached = feeds.attach(session.id(), preview -> hear(preview, early));
    this.live = attached.soFar();
    this.detach = attached.detach();
    List<LogEntry> entries = platform.sessions().readAll(session.id());
    synchronized (this) {
      early.forEach(preview -> live.hear(preview, state.showsThoughts()));
      entries.forEach(state::apply);
      goOnFrom(from);
      opened = true;
    }
    this.log = new LogReader(platform, session.id(), state.sequence());
    this.reader = Thread.ofVirtual().name("interaction-stream").unstarted(this::readLog);
  }

  static InteractionStream open(
      Platform platform,
      LiveFeeds feeds,
      SessionRecord session,
      StreamPosition from,
      Runnable onEnd) {
    InteractionStream stream = new InteractionStream(platform, feeds, session, from, onEnd);
    stream.reader.start();
    return stream;
  }

  private void goOnFrom(StreamPosition from) {
    switch (from) {
      case StreamPosition.Nothing ignored -> {}
      case StreamPosition.Mark mark -> told = mark.name();
      case StreamPosition.InStep step -> {
        told = StreamPosition.Name.RUNNING;
        teller.resume(step, state);
      }
    }
  }

  /** Before the stream knows what was said so far, what is heard waits. */
  private synchronized void hear(Preview preview, List<Preview> early) {
    if (!opened) {
      early.add(preview);
    } else if (live.hear(preview, state.showsThoughts())) {
      notifyAll();
    }
  }

  private void readLog() {
    try {
      Optional<List<LogEntry>> entries = log.next(LOOK);
      while (entries.isPresent() && hand(entries.get())) {
        entries = log.next(LOOK);
      }
      end(platform.sessions().find(session.id()).isEmpty());
    } catch (InterruptedException e) {
      // closed
    } catch (RuntimeException e) {
      end(e);
    }
  }

  /** Waits until the connection has taken what came before, so that a slow one holds little. */
  private synchronized boolean hand(List<LogEntry> entries) throws InterruptedException {
    while (!pending.isEmpty() && !closed) {
      wait();
    }
    pending.addAll(entries);
    notifyAll();
    return !closed;
  }

  /** There is no more to read: the interaction was deleted, or this process ends. */
  private synchronized void end(boolean deleted) {
    gone = deleted;
    over = !deleted;
    notifyAll();
  }

  private synchronized void end(RuntimeException e) {
    if (e instanceof PaddockException known && known.code() == ErrorCode.NOT_FOUND) {
      gone = true;
    } else {
      failure = e;
    }
    notifyAll();
  }

  @Override
  public synchronized Batch next(Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      if (closed) {
        return Batch.END;
      }
      boolean last = tell();
      if (!ready.isEmpty() || last) {
        Batch batch = new Batch(List.copyOf(ready), last);
        ready.clear();
        return batch;
      }
      if (failure != null) {
        throw failure;
      }
      if (over) {
        return Batch.END;
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return Batch.NOTHING;
      }
      wait(left);
    }
  }

  /** Whether nothing more will come. */
  private boolean tell() {
    while (!pending.isEmpty()) {
      apply(pending.removeFirst());
    }
    notifyAll();
    mark(StreamPosition.Name.CREATED, "interaction.created");
    if (gone) {
      ObjectNode event = Json.object().put("event_type", "error");
      event.putObject("error").put("code", "not_found").put("message", "The interaction is gone.");
      send(event);
      ready.add(DONE);
      return true;
    }
    if (state.began() || state.isFinal()) {
      mark(StreamPosition.Name.RUNNING, "interaction.status_update");
    }
    if (isBefore(StreamPosition.Name.FAILED)) {
      teller.tell(state.steps());
    }
    if (!state.isFinal()) {
      state.request().ifPresent(asked -> teller.tellAhead(state.steps().size(), live.of(asked)));
      return false;
    }
    finish();
    return true;
  }

  private void apply(LogEntry entry) {
    state.apply(entry);
    if (entry.event() instanceof SessionEvent.ModelRequestEnd) {
      teller.settle(state);
      teller.tell(state.steps());
    }
  }

  private void finish() {
    if (!state.errors().isEmpty() && isBefore(StreamPosition.Name.FAILED)) {
      ObjectNode event = Json.object().put("event_type", "error");
      event.set("error", state.errors().get(state.errors().size() - 1));
      send(event.put("event_id", new StreamPosition.Mark(StreamPosition.Name.FAILED).write()));
    }
    mark(StreamPosition.Name.STATUS, "interaction.status_update");
    mark(StreamPosition.Name.COMPLETED, "interaction.completed");
    ready.add(DONE);
  }

  private boolean isBefore(StreamPosition.Name name) {
    return told == null || told.compareTo(name) < 0;
  }

  /** Tells one of the events that every stream has once. */
  private void mark(StreamPosition.Name name, String type) {
    if (!isBefore(name)) {
      return;
    }
    told = name;
    ObjectNode event = Json.object().put("event_type", type);
    if (type.equals("interaction.status_update")) {
      boolean begins = name == StreamPosition.Name.RUNNING;
      event.put("interaction_id", Interactions.idOf(session.id()));
      event.put("status", begins ? InteractionState.Status.IN_PROGRESS.word : state.status().word);
      if (!begins) {
        event.set("usage", state.usage());
      }
    } else {
      ObjectNode brief = InteractionView.brief(session, state);
      if (name == StreamPosition.Name.CREATED) {
        brief.put("status", InteractionState.Status.IN_PROGRESS.word);
        brief.set("updated", brief.get("created"));
      } else {
        brief.set("usage", state.usage());
        if (state.hasVoid()) {
          brief.set("steps", Step.wholes(state.steps()));
        }
      }
      event.set("interaction", brief);
    }
    send(event.put("event_id", new StreamPosition.Mark(name).write()));
  }

  private void send(ObjectNode event) {
    ready.add(
        new Event(
            Optional.ofNullable(event.path("event_id").textValue()),
            Optional.of(event.path("event_type").asText()),
            Json.write(event)));
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      notifyAll();
    }
    detach.run();
    log.close();
    reader.interrupt();
    onEnd.run();
  }
}
