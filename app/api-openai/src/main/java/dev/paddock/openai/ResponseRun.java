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
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A response that is being made by a thread of its own. */
final class ResponseRun {
  private static final Duration RENEWAL = StoredResponses.LEASE.dividedBy(4);

  private final Platform platform;
  private final ResponseRequest asked;
  private final ResponseBuilder builder;
  private final Function<ObjectNode, Optional<ResponseJob>> store;
  private final ResponseFeed feed = new ResponseFeed(this::cancel);
  private Optional<ResponseJob> job = Optional.empty();
  private final Consumer<ObjectNode> created;
  private volatile @Nullable Thread maker;
  private volatile @Nullable Thread keeper;
  private ObjectNode accepted = Json.object();
  private boolean begun;

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
    this.builder = new ResponseBuilder(id, createdAt, asked, platform.clock(), feed::tell);
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
      PaddockException told = ModelRoutes.told(e, "input");
      failed(told, told);
    } catch (PaddockException e) {
      failed(e, e);
    } catch (RuntimeException | Error e) {
      ServerException told = new ServerException(ErrorCode.INTERNAL, "the response failed: " + e);
      failed(told, e instanceof RuntimeException defect ? defect : told);
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
    begun = true;
    feed.begin();
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
      feed.tell(last);
    }
  }

  /** The client hung up, or the response was cancelled, which is stored already then. */
  private void cancelled() {
    builder.response().put("status", "cancelled");
    persist(Optional.empty());
  }

  /**
   * @param told what the response says, where someone saw that it had begun
   * @param refusal what the client that waits gets, where not
   */
  private void failed(PaddockException told, RuntimeException refusal) {
    if (!asked.background() && !(asked.stream() && begun)) {
      feed.refuse(refusal);
      return;
    }
    builder.fail(told);
    ObjectNode last = builder.last();
    try {
      persist(Optional.of(last));
    } catch (PaddockException e) {
      // Nothing can be stored now: the lease runs out, and the next who looks takes over.
      last.withObject("/response/error").put("message", e.getMessage());
    }
    feed.tell(last);
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

  private String blob(ObjectNode last) {
    return platform.blobs().put(feed.lines(last).getBytes(StandardCharsets.UTF_8));
  }

  private void end() {
    if (keeper != null) {
      keeper.interrupt();
    }
    feed.end();
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
    feed.awaitBegun(gone);
  }

  /** Waits for the whole response; throws why there is none. */
  ObjectNode awaitDone(BooleanSupplier gone) throws InterruptedException {
    feed.awaitDone(gone);
    return builder.response();
  }

  /** All events as they come, for the client that asked; without it only the background goes on. */
  EventSource follow() {
    return feed.follow(-1, !asked.background());
  }

  /** The events after a sequence number as they come, for one who only looks on. */
  EventSource observe(long after) {
    return feed.follow(after, false);
  }
}
