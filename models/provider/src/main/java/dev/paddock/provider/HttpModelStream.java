package dev.paddock.provider;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelStream;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One answer on its way. */
final class HttpModelStream implements ModelStream {
  private static final int MAX_ERROR_BYTES = 64 << 10;

  private final Endpoint endpoint;
  private final String model;
  private final Dialect.Decoder decoder;
  private final CompletableFuture<HttpResponse<ResponseBody>> response;
  private final HttpLimits limits;
  private final long started = System.nanoTime();
  private final ArrayDeque<ModelEvent> ready = new ArrayDeque<>();
  private @Nullable SseReader events;
  private volatile boolean closed;

  HttpModelStream(
      Endpoint endpoint,
      String model,
      Dialect.Decoder decoder,
      CompletableFuture<HttpResponse<ResponseBody>> response,
      HttpLimits limits) {
    this.endpoint = endpoint;
    this.model = model;
    this.decoder = decoder;
    this.response = response;
    this.limits = limits;
  }

  @Override
  public Optional<ModelEvent> next() throws InterruptedException {
    try {
      while (ready.isEmpty() && !closed) {
        read();
      }
    } catch (ModelException e) {
      if (closed) {
        return Optional.empty();
      }
      close();
      throw e;
    }
    if (closed) {
      return Optional.empty();
    }
    ModelEvent event = ready.remove();
    if (event instanceof ModelEvent.End) {
      end();
    }
    return Optional.of(event);
  }

  private void read() throws InterruptedException {
    SseReader reader = events;
    if (reader == null) {
      reader = new SseReader(open(), endpoint, limits, started);
      events = reader;
    }
    Optional<SseEvent> event = reader.next();
    if (closed) {
      return;
    }
    if (event.isPresent()) {
      decoder.accept(event.get(), ready::add);
    } else {
      decoder.end(ready::add);
    }
  }

  private ResponseBody open() throws InterruptedException {
    HttpResponse<ResponseBody> head;
    try {
      head = response.get(limits.idle().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new ModelException(
          ErrorCode.TIMEOUT,
          "%s did not answer for %s".formatted(endpoint.provider(), limits.idle()),
          e);
    } catch (CancellationException e) {
      throw new ModelException(ErrorCode.CANCELLED, "the request was cancelled", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw UpstreamErrors.broken(endpoint, cause == null ? e : cause);
    }
    if (head.statusCode() != 200) {
      throw UpstreamErrors.status(
          endpoint,
          model,
          head.statusCode(),
          head.headers(),
          head.body().text(MAX_ERROR_BYTES, limits.idle()));
    }
    String contentType = head.headers().firstValue("content-type").orElse("text/event-stream");
    if (!contentType.startsWith("text/event-stream")) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST,
          "%s at %s answered with %s instead of an event stream; check %s"
              .formatted(
                  endpoint.provider(),
                  endpoint.base(),
                  endpoint.quote(contentType),
                  endpoint.addressVariable()));
    }
    return head.body();
  }

  /** Everything that mattered was read. */
  private void end() {
    closed = true;
    var _ = response.thenAccept(head -> head.body().drain());
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    var _ =
        response.whenComplete(
            (head, failure) -> {
              if (head != null) {
                head.body().cancel();
              }
            });
    response.cancel(true);
  }
}
