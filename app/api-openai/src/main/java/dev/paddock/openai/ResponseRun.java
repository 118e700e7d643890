package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.server.spi.EventSource;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A response that is being made by a thread of its own, and those who wait for it. */
final class ResponseRun {
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration RENEWAL = StoredResponses.LEASE.dividedBy(4);

  private final Platform platform;
  private final ResponseRequest asked;
  private final ResponseBuilder builder;
  private final Function<ObjectNode, Optional<ResponseJob>> store;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<EventSource.Event> events = new ArrayList<>();
  private Optional<ResponseJob> job = Optional.empty();
  private final Consumer<ObjectNode> created;
  private volatile @Nullable Thread maker;
  private volatile @Nullable Thread keeper;
  private ObjectNode accepted = Json.object();
  private boolean begun;
  private boolean done;
  private @Nullable RuntimeException refusal;

  /**
   * @param store begins to store the response once it is sure that there will be one
   * @param created stores a response that nobody saw before it was whole
   */
  ResponseRun(
      Platform platform,
      ResponseRequest asked,
      String id,
      long createdAt,
      Function<ObjectNode, Optional<ResponseJob>> store,
      Consumer<ObjectNode> created) {
    this.platform = platform;
    this.asked = asked;
    this.store = store;
    this.created = created;
    this.builder = new ResponseBuilder(id, createdAt, asked, platform.clock(), this::emit);
  }

  /** Starts; a response in the background is stored before this returns. */
  void start(Runnable onEnd) {
    if (asked.background()) {
      job = store.apply(builder.response());
      builder.created();
      accepted = builder.response().deepCopy();
    }
    maker =
        Thread.startVirtualThread(
            () -> {
              try {
                make();
              } finally {
                end();
                onEnd.run();
              }
            });
  }

  private void make() {
    try {
      job.ifPresent(this::keep);
      ask();
      finish();
    } catch (InterruptedException e) {
      cancelled();
    } catch (ModelException e) {
      failed(ModelRoutes.told(e, "input"));
    } catch (PaddockException e) {
      failed(e);
    } catch (RuntimeException | Error e) {
      ServerException told = new ServerException(ErrorCode.INTERNAL, "the response failed: " + e);
      refusal = e instanceof RuntimeException defect ? defect : told;
      failed(told);
    }
  }

  private void ask() throws InterruptedException {
    ModelRequest request = asked.request();
    while (true) {
      try (ModelStream stream = platform.modelCalls().stream(asked.model(), request)) {
        for (Optional<ModelEvent> event = stream.next(); event.isPresent(); event = stream.next()) {
          begin();
          builder.accept(event.get());
          if (event.get() instanceof ModelEvent.End) {
            return;
          }
        }
        throw new ModelException(
            ErrorCode.UNAVAILABLE, "the model's answer was cut off before its end");
      } catch (ModelException e) {
        boolean tooLong = !begun && asked.truncates() && e.code() == ErrorCode.LIMIT_EXCEEDED;
        request =
            (tooLong ? Truncation.shorten(request) : Optional.<ModelRequest>empty())
                .orElseThrow(() -> e);
      }
    }
  }

  private void begin() {
    if (begun) {
      return;
    }
    if (asked.background()) {
      builder.begin();
      job.ifPresent(held -> held.begin(builder.response()));
    } else {
      if (asked.stream()) {
        job = store.apply(builder.response());
        job.ifPresent(this::keep);
      }
      builder.created();
      builder.begin();
    }
    lock.lock();
    try {
      begun = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Renews the right to make it until that ended, and stops the maker when it is lost. */
  private void keep(ResponseJob held) {
    Thread making = Thread.currentThread();
    keeper =
        Thread.startVirtualThread(
            () -> {
              try {
                do {
                  Thread.sleep(RENEWAL);
                } while (renewed(held));
                making.interrupt();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private static boolean renewed(ResponseJob held) {
    try {
      return held.renew();
    } catch (PaddockException e) {
      // The store is away for a moment; the lease outlasts three more tries.
      return e.retryable();
    }
  }

  private void finish() {
    ObjectNode last = builder.last();
    if (persist(Optional.of(last))) {
      emit(last);
    }
  }

  /** The client hung up, or the response was cancelled, which is stored already then. */
  private void cancelled() {
    builder.response().put("status", "cancelled");
    persist(Optional.empty());
  }

  private void failed(PaddockException cause) {
    if (!asked.background() && !(asked.stream() && begun)) {
      refusal = refusal == null ? cause : refusal;
      return;
    }
    builder.fail(cause);
    ObjectNode last = builder.last();
    try {
      persist(Optional.of(last));
    } catch (PaddockException e) {
      // Nothing can be stored now: the lease runs out, and the next who looks takes over.
      last.withObject("/response/error").put("message", e.getMessage());
    }
    emit(last);
  }

  /** Stores how it ended; false when it had ended otherwise before. */
  private boolean persist(Optional<ObjectNode> last) {
    if (!asked.store()) {
      return true;
    }
    ObjectNode document = StoredResponses.document(asked, builder.response());
    builder.state().ifPresent(state -> document.set("state", Json.tree(state)));
    if (job.isEmpty()) {
      if (last.isPresent()) {
        created.accept(document);
      }
      return true;
    }
    if (asked.background() && asked.stream()) {
      last.ifPresent(event -> document.put("events", blob(event)));
    }
    return job.get().finish(document);
  }

  /** All events, one a line, for those who read them later. */
  private String blob(ObjectNode last) {
    StringBuilder lines = new StringBuilder();
    events.forEach(event -> lines.append(event.data()).append('\n'));
    lines.append(Json.write(last)).append('\n');
    return platform.blobs().put(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  static EventSource.Event event(ObjectNode json) {
    return new EventSource.Event(
        Optional.of(json.path("sequence_number").asText()),
        Optional.of(json.path("type").asText()),
        Json.write(json));
  }

  private void emit(ObjectNode json) {
    lock.lock();
    try {
      events.add(event(json));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    if (keeper != null) {
      keeper.interrupt();
    }
    lock.lock();
    try {
      done = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** A response in the background as it stood before it began. */
  ObjectNode accepted() {
    return accepted;
  }

  /** Stops it; how it ends then is for its maker to say. */
  void cancel() {
    Thread thread = maker;
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** Waits until there is something to stream; throws why there will be nothing. */
  void awaitBegun(BooleanSupplier gone) throws InterruptedException {
    await(() -> begun || done, gone);
  }

  /** Waits for the whole response; throws why there is none. */
  ObjectNode awaitDone(BooleanSupplier gone) throws InterruptedException {
    await(() -> done, gone);
    return builder.response();
  }

  private void await(BooleanSupplier reached, BooleanSupplier gone) throws InterruptedException {
    lock.lock();
    try {
      while (!reached.getAsBoolean()) {
        if (!changed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS) && gone.getAsBoolean()) {
          cancel();
          throw new ServerException(ErrorCode.CANCELLED, "the client hung up");
        }
      }
      if (refusal != null) {
        throw refusal;
      }
    } catch (InterruptedException e) {
      cancel();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /** All events as they come, for the client that asked. */
  EventSource follow(long after) {
    return new Following(after, !asked.background());
  }

  /** The events after a sequence number as they come, for one who only looks on. */
  EventSource observe(long after) {
    return new Following(after, false);
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

    /** Without the client that asked, only a response in the background goes on. */
    @Override
    public void close() {
      if (owns) {
        cancel();
      }
    }
  }
}
