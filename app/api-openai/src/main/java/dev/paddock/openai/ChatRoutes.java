package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Order;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.ModelPump;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Chat completions, and those that were asked to be stored. */
final class ChatRoutes {
  private static final String ROOT = "/v1/chat/completions";
  private static final String KIND = "chat_completion";

  private final Platform platform;
  private final Files files;

  ChatRoutes(Platform platform, Files files) {
    this.platform = platform;
    this.files = files;
  }

  List<Route> routes() {
    return List.of(
        Route.post(ROOT, this::create),
        Route.get(ROOT, this::list),
        Route.get(ROOT + "/{id}", this::retrieve),
        Route.post(ROOT + "/{id}", this::update),
        Route.delete(ROOT + "/{id}", this::delete),
        Route.get(ROOT + "/{id}/messages", this::messages));
  }

  private Reply create(Request http) throws IOException, InterruptedException {
    ChatRequest asked = ChatRequest.read(platform, files, http, http.json());
    ChatAnswer answer = new ChatAnswer(asked, platform.clock().instant());
    ModelPump pump = new ModelPump(platform.modelCalls(), asked.model(), asked.requests());
    WorkspaceId workspace = http.caller().workspace();
    boolean streams = false;
    try {
      ModelPump.Item first = pump.await(http::gone);
      if (asked.stream() && first instanceof ModelPump.Item.Said) {
        streams = true;
        return Reply.events(
            new ChatEvents(
                pump,
                answer,
                first,
                asked.includeUsage(),
                () -> store(asked, answer, workspace),
                ChatRoutes::failure));
      }
      answer.accept(first);
      while (!answer.ended()) {
        answer.accept(pump.await(http::gone));
      }
      store(asked, answer, workspace);
      return Reply.ok(answer.json());
    } finally {
      if (!streams) {
        pump.close();
      }
    }
  }

  /** A failure after the answer began; clients throw what stands under {@code error}. */
  private static ObjectNode failure(PaddockException cause) {
    ObjectNode out = Json.object();
    out.putObject("error")
        .put("message", cause.getMessage())
        .put("type", "server_error")
        .putNull("param")
        .put("code", OpenAiDialect.code(cause.code()).orElse(null));
    return out;
  }

  private void store(ChatRequest asked, ChatAnswer answer, WorkspaceId workspace) {
    if (asked.store()) {
      ObjectNode document = Json.object();
      document.set("completion", answer.json());
      ArrayNode messages = document.putArray("messages");
      asked.messages().forEach(messages::add);
      platform.resources().create(KIND, answer.id(), workspace, document);
    }
  }

  private Resource find(Request request) {
    String id = request.parameter("id");
    return platform
        .resources()
        .find(KIND, id)
        .filter(stored -> stored.workspaceId().equals(request.caller().workspace()))
        .orElseThrow(() -> Refusal.notFound("chat completion", id));
  }

  private static ObjectNode completion(Resource stored) {
    return stored.document().withObject("/completion");
  }

  private Reply retrieve(Request request) {
    return Reply.ok(completion(find(request)));
  }

  private Reply update(Request request) throws IOException {
    Fields body = new Fields(request.json(), "");
    ObjectNode metadata = Metadata.read(body);
    body.refuseRest();
    Resource stored = find(request);
    ObjectNode document = stored.document().deepCopy();
    document.withObject("/completion").set("metadata", metadata);
    return Reply.ok(
        completion(platform.resources().update(KIND, stored.id(), stored.version(), document)));
  }

  private Reply delete(Request request) {
    Resource stored = find(request);
    platform.resources().delete(KIND, stored.id());
    ObjectNode out =
        Json.object()
            .put("object", "chat.completion.deleted")
            .put("id", stored.id())
            .put("deleted", true);
    return Reply.ok(out);
  }

  private Reply list(Request request) {
    RequestHead head = request.head();
    Optional<String> model = head.query("model");
    return Reply.ok(
        Pages.of(
            platform.resources(),
            KIND,
            request.caller().workspace(),
            Pages.Query.of(head, 20, 100, Order.ASCENDING),
            stored ->
                model.map(m -> completion(stored).path("model").asText().equals(m)).orElse(true)
                    && hasMetadata(stored, head),
            ChatRoutes::completion));
  }

  /** {@code metadata[key]=value}, as often as the caller likes. */
  private static boolean hasMetadata(Resource stored, RequestHead head) {
    JsonNode metadata = completion(stored).path("metadata");
    return head.query().entrySet().stream()
        .filter(entry -> entry.getKey().matches("metadata\\[.*]"))
        .allMatch(
            entry -> {
              String key =
                  entry.getKey().substring("metadata[".length(), entry.getKey().length() - 1);
              return entry.getValue().contains(metadata.path(key).asText(""));
            });
  }

  private Reply messages(Request request) {
    Resource stored = find(request);
    List<ObjectNode> out = new ArrayList<>();
    for (JsonNode message : stored.document().path("messages")) {
      ObjectNode item = Json.object().put("id", "%s-%d".formatted(stored.id(), out.size()));
      item.setAll((ObjectNode) message);
      JsonNode content = message.path("content");
      if (content.isArray()) {
        item.putNull("content").set("content_parts", content);
      } else {
        item.putNull("content_parts");
      }
      out.add(item);
    }
    return Reply.ok(Pages.of(out, Pages.Query.of(request.head(), 20, 100, Order.ASCENDING)));
  }
}
