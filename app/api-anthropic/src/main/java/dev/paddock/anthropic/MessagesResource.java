package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.server.spi.ModelPump;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import dev.paddock.server.spi.TokenCount;
import java.io.IOException;
import java.util.List;

/** {@code /v1/messages}: one answer of a model, without a session. */
final class MessagesResource {
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
      ModelPump.Item first = pump.await(http::gone);
      if (asked.stream() && first instanceof ModelPump.Item.Said) {
        streams = true;
        return Reply.events(new MessageEvents(pump, asked, first));
      }
      MessageBuilder builder = new MessageBuilder(asked, event -> {});
      builder.accept(said(first));
      while (!builder.ended()) {
        builder.accept(said(pump.await(http::gone)));
      }
      return Reply.ok(builder.message());
    } finally {
      if (!streams) {
        pump.close();
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
    try {
      TokenCount count = TokenCount.of(asked.model(), asked.request());
      ObjectNode out = Json.object().put("input_tokens", count.tokens());
      return new Reply.Json(200, count.headers(), out);
    } catch (ModelException e) {
      throw told(e);
    }
  }
}
