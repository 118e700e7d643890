package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.TokenCounter;
import dev.paddock.server.spi.ModelPump;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code /v1/messages}: one answer of a model, without a session. */
final class MessagesResource {
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final int BYTES_A_TOKEN = 4;

  private final Platform platform;
  private final Records records;

  MessagesResource(Platform platform) {
    this.platform = platform;
    this.records = new Records(platform.resources(), platform.clock());
  }

  List<Route> routes() {
    return List.of(
        Route.post("/v1/messages", this::create),
        Route.post("/v1/messages/count_tokens", this::count));
  }

  private MessageRequest read(Request http, boolean answered) throws IOException {
    ObjectNode body = http.json();
    ContentReader contents = new ContentReader(records, platform.blobs(), http.caller());
    return MessageRequest.read(platform.models(), contents, Fields.of(body, ""), answered);
  }

  private Reply create(Request http) throws IOException, InterruptedException {
    MessageRequest asked = read(http, true);
    ModelPump pump = new ModelPump(platform.modelCalls(), asked.model(), List.of(asked.request()));
    boolean streams = false;
    try {
      ModelPump.Item first = next(pump, http);
      if (asked.stream() && first instanceof ModelPump.Item.Said) {
        streams = true;
        return Reply.events(new MessageEvents(pump, asked, first));
      }
      MessageBuilder builder = new MessageBuilder(asked, event -> {});
      builder.accept(said(first));
      while (!builder.ended()) {
        builder.accept(said(next(pump, http)));
      }
      return Reply.ok(builder.message());
    } finally {
      if (!streams) {
        pump.close();
      }
    }
  }

  /** What comes next, for a client that is still there. */
  private static ModelPump.Item next(ModelPump pump, Request http) throws InterruptedException {
    while (true) {
      Optional<ModelPump.Item> item = pump.next(LOOK);
      if (item.isPresent()) {
        return item.get();
      }
      if (http.gone()) {
        throw new ServerException(ErrorCode.CANCELLED, "the client hung up");
      }
    }
  }

  static ModelEvent said(ModelPump.Item item) {
    return switch (item) {
      case ModelPump.Item.Said(_, ModelEvent event) -> event;
      case ModelPump.Item.Failed(RuntimeException cause) ->
          throw cause instanceof ModelException failure ? told(failure) : cause;
    };
  }

  /** A prompt that is too long is an invalid request in this dialect. */
  private static PaddockException told(ModelException failure) {
    return failure.code() == ErrorCode.LIMIT_EXCEEDED
        ? ServerException.invalid("messages", failure.getMessage())
        : failure;
  }

  /** The event that tells of a failure after the answer began. */
  static ObjectNode failure(PaddockException cause) {
    ObjectNode out = Json.object().put("type", "error");
    String type =
        switch (cause.code()) {
          case RATE_LIMITED -> "rate_limit_error";
          case OVERLOADED, UNAVAILABLE, BUSY -> "overloaded_error";
          case TIMEOUT -> "timeout_error";
          case INVALID_REQUEST, LIMIT_EXCEEDED -> "invalid_request_error";
          default -> "api_error";
        };
    out.putObject("error").put("type", type).put("message", cause.getMessage());
    return out;
  }

  /** Exact where the model's provider counts; else an estimate, and a header says so. */
  private Reply count(Request http) throws IOException, InterruptedException {
    MessageRequest asked = read(http, false);
    Optional<TokenCounter> counter = asked.model().tokenCounter();
    if (counter.isEmpty()) {
      ObjectNode estimate = Json.object().put("input_tokens", estimate(asked.request()));
      return new Reply.Json(200, Map.of("paddock-token-count", "estimate"), estimate);
    }
    try {
      return Reply.ok(Json.object().put("input_tokens", counter.get().count(asked.request())));
    } catch (ModelException e) {
      throw told(e);
    }
  }

  private static long estimate(ModelRequest request) {
    long bytes =
        size(request.messages())
            + size(request.tools())
            + request.system().map(MessagesResource::size).orElse(0L);
    return Math.ceilDiv(bytes, BYTES_A_TOKEN);
  }

  private static long size(Object part) {
    return Json.bytes(part).length;
  }
}
