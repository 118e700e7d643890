package dev.paddock.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.Dialect;
import dev.paddock.server.spi.EventSource;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Problem;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A dialect that shows what reached it. */
final class TestingDialect implements Dialect {
  final AtomicInteger closedSources = new AtomicInteger();
  final AtomicInteger openSources = new AtomicInteger();
  final LinkedBlockingQueue<EventSource.Batch> events = new LinkedBlockingQueue<>();
  final CountDownLatch gone = new CountDownLatch(1);
  final Semaphore entered = new Semaphore(0);
  final Semaphore release = new Semaphore(0);

  @Override
  public String name() {
    return "testing";
  }

  @Override
  public List<Route> routes(Platform platform) {
    return List.of(
        Route.post("/v1/echo", request -> Reply.ok(request.anyJson())),
        Route.post("/v1/small", request -> Reply.ok(request.json())).with(new Route.Limits(1000)),
        Route.post("/v1/form", TestingDialect::form).with(Route.Limits.UPLOAD),
        Route.get("/v1/things/{id}", request -> echo(request, "id")),
        Route.get("/v1/rest/{path**}", request -> echo(request, "path")),
        Route.delete("/v1/things/{id}", request -> new Reply.Empty(204, Map.of())),
        Route.get("/v1/admin", request -> Reply.ok(Json.object())).with(Route.Scope.ADMIN),
        Route.get("/v1/broken", TestingDialect::broken),
        Route.get("/v1/bytes", request -> bytes()),
        Route.get("/v1/events", request -> Reply.events(new Source())),
        Route.get("/v1/flood", request -> Reply.events(new Flood())),
        Route.get("/v1/slow", this::slow),
        Route.get("/v1/until-gone", this::untilGone));
  }

  private static Reply echo(Request request, String name) {
    ObjectNode body = Json.object().put(name, request.parameter(name));
    body.put("path", request.head().path());
    request.head().query("q").ifPresent(q -> body.put("q", q));
    return Reply.ok(body.put("caller", request.caller().principal().id()));
  }

  private static Reply broken(Request request) {
    throw new IllegalStateException("a secret: hunter2");
  }

  private static Reply form(Request request) throws java.io.IOException {
    ArrayNode parts = Json.mapper().createArrayNode();
    for (Request.Part part : request.multipart()) {
      ObjectNode shown = parts.addObject().put("name", part.name()).put("size", part.size());
      part.fileName().ifPresent(name -> shown.put("file", name));
      part.sha256().ifPresent(sha256 -> shown.put("sha256", sha256));
      part.text().ifPresent(text -> shown.put("text", text));
    }
    return Reply.ok(parts);
  }

  private static Reply bytes() {
    byte[] text = "some bytes".getBytes(StandardCharsets.UTF_8);
    return new Reply.Bytes(
        200, Map.of("content-type", "text/plain"), new ByteArrayInputStream(text), text.length);
  }

  private Reply slow(Request request) throws InterruptedException {
    entered.release();
    release.acquire();
    return Reply.ok(Json.object().put("done", true));
  }

  private Reply untilGone(Request request) throws InterruptedException {
    entered.release();
    while (!request.gone()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    gone.countDown();
    return Reply.ok(Json.object());
  }

  @Override
  public List<NotOffered> notOffered() {
    return List.of(new NotOffered("*", "/v1/tunnels/**", "tunnels"));
  }

  @Override
  public boolean claims(RequestHead head) {
    return head.path().startsWith("/v1/");
  }

  @Override
  public Reply.Json error(Problem problem, String requestId) {
    ObjectNode body = Json.object().put("code", problem.code().name());
    body.put("message", problem.message()).put("request_id", requestId);
    return new Reply.Json(problem.status(), Map.of(), body);
  }

  /** Hands on what the test puts into the queue. */
  private final class Source implements EventSource {
    Source() {
      openSources.incrementAndGet();
    }

    @Override
    public Batch next(Duration wait) throws InterruptedException {
      return Optional.ofNullable(events.poll(wait.toMillis(), TimeUnit.MILLISECONDS))
          .orElse(Batch.NOTHING);
    }

    @Override
    public void close() {
      closedSources.incrementAndGet();
    }
  }

  /** Never stops talking. */
  private final class Flood implements EventSource {
    private final Batch batch =
        new Batch(
            List.of(new Event(Optional.of("1"), Optional.empty(), "x".repeat(50_000))), false);

    @Override
    public Batch next(Duration wait) {
      return batch;
    }

    @Override
    public void close() {
      closedSources.incrementAndGet();
    }
  }
}
