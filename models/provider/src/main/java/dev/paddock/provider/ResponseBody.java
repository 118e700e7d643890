package dev.paddock.provider;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A response's bytes, pulled: one chunk is asked for at a time, so that a fast sender waits for a
 * slow reader, and a reader gives up when nothing comes.
 */
final class ResponseBody implements BodySubscriber<ResponseBody> {
  private static final Flow.Subscription CANCELLED =
      new Flow.Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
      };

  /** What the connection did next. */
  sealed interface Chunk {
    record Bytes(List<ByteBuffer> buffers) implements Chunk {}

    record Failed(Throwable cause) implements Chunk {}

    record Ended() implements Chunk {}
  }

  private static final int MAX_DRAINED_CHUNKS = 16;
  private static final long DRAIN_MILLIS = 2_000;

  private volatile boolean ended;
  private final BlockingQueue<Chunk> chunks = new LinkedBlockingQueue<>();
  private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();

  @Override
  public CompletionStage<ResponseBody> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  /** The next chunk; empty when none came in time. */
  Optional<Chunk> next(long timeoutNanos) throws InterruptedException {
    Chunk chunk = chunks.poll(timeoutNanos, TimeUnit.NANOSECONDS);
    if (chunk instanceof Chunk.Bytes) {
      Flow.Subscription source = subscription.get();
      if (source != null) {
        source.request(1);
      }
    }
    return Optional.ofNullable(chunk);
  }

  /** The first bytes as text, as many as came before {@code maxBytes}, the end or a failure. */
  String text(int maxBytes, Duration timeout) throws InterruptedException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    long deadline = System.nanoTime() + timeout.toNanos();
    while (text.size() < maxBytes) {
      Optional<Chunk> chunk = next(Math.max(0, deadline - System.nanoTime()));
      if (chunk.isEmpty() || !(chunk.get() instanceof Chunk.Bytes(List<ByteBuffer> buffers))) {
        break;
      }
      for (ByteBuffer buffer : buffers) {
        byte[] part = new byte[Math.min(buffer.remaining(), maxBytes - text.size())];
        buffer.get(part);
        text.writeBytes(part);
      }
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  /**
   * Reads what little follows the last that mattered, such as the final chunk, and throws it away,
   * so that the connection can be used again; one that goes on is closed.
   */
  void drain() {
    Flow.Subscription source = subscription.get();
    if (source != null && !ended) {
      source.request(MAX_DRAINED_CHUNKS);
      CompletableFuture.delayedExecutor(DRAIN_MILLIS, TimeUnit.MILLISECONDS)
          .execute(
              () -> {
                if (!ended) {
                  cancel();
                }
              });
    }
  }

  /** Closes the connection; a waiting reader sees the end. */
  void cancel() {
    Flow.Subscription source = subscription.getAndSet(CANCELLED);
    if (source != null) {
      source.cancel();
    }
    chunks.add(new Chunk.Ended());
  }

  @Override
  public void onSubscribe(Flow.Subscription source) {
    if (subscription.compareAndSet(null, source)) {
      source.request(1);
    } else {
      source.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    chunks.add(new Chunk.Bytes(buffers));
  }

  @Override
  public void onError(Throwable cause) {
    ended = true;
    chunks.add(new Chunk.Failed(cause));
  }

  @Override
  public void onComplete() {
    ended = true;
    chunks.add(new Chunk.Ended());
  }
}
