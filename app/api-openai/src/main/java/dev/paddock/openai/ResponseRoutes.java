package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Order;
import dev.paddock.core.spi.Resource;
import dev.paddock.provider.ModelException;
import dev.paddock.server.spi.EventSource;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.TokenCount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Responses: made, kept, continued, followed and shortened. */
final class ResponseRoutes {
  private static final String ROOT = "/v1/responses";
  private static final long MAX_EVENT_BYTES = 256L << 20;

  private final Platform platform;
  private final Files files;
  private final StoredResponses stored;
  private final ResponseRuns runs;

  ResponseRoutes(Platform platform, Files files) {
    this.platform = platform;
    this.files = files;
    this.stored = new StoredResponses(platform);
    this.runs = new ResponseRuns(platform, files, stored);
    runs.watch();
  }

  List<Route> routes() {
    return List.of(
        Route.post(ROOT, this::create),
        Route.post(ROOT + "/compact", this::compact),
        Route.post(ROOT + "/input_tokens", this::count),
        Route.get(ROOT + "/{id}", this::retrieve),
        Route.delete(ROOT + "/{id}", this::delete),
        Route.post(ROOT + "/{id}/cancel", this::cancel),
        Route.get(ROOT + "/{id}/input_items", this::inputItems));
  }

  private ResponseRequest read(Request http, ObjectNode body) {
    return ResponseRequest.read(platform, files, stored, http.caller().workspace(), body);
  }

  private Reply create(Request http) throws IOException, InterruptedException {
    ResponseRequest asked = read(http, http.json());
    ResponseRun run = runs.start(http.caller().workspace(), asked);
    if (asked.stream()) {
      if (!asked.background()) {
        run.awaitBegun(http::gone);
      }
      return Reply.events(run.follow());
    }
    return Reply.ok(asked.background() ? run.accepted() : run.awaitDone(http::gone));
  }

  private Reply retrieve(Request http) throws IOException {
    RequestHead head = http.head();
    String id = http.parameter("id");
    WorkspaceId workspace = http.caller().workspace();
    Resource found = current(workspace, id);
    if (!head.query("stream").orElse("false").equals("true")) {
      return Reply.ok(StoredResponses.response(found));
    }
    long after = after(head);
    Optional<ResponseRun> run = runs.find(id);
    if (run.isPresent()) {
      return Reply.events(run.get().observe(after));
    }
    boolean streams = found.document().path("request").path("stream").asBoolean();
    if (!found.document().hasNonNull("events") && !streams) {
      throw Refusal.of(
          "stream",
          "invalid_value",
          "Only a response that was made in the background with stream=true can be streamed again.");
    }
    EventSource replay =
        new ResponseReplay(() -> stored.find(workspace, id), () -> events(workspace, id), after);
    return Reply.events(replay);
  }

  /** The response, taken over first if nobody makes it any more. */
  private Resource current(WorkspaceId workspace, String id) {
    Resource found = stored.existing(workspace, id);
    if (!StoredResponses.isFinished(found)) {
      runs.revive(id);
      found = stored.existing(workspace, id);
    }
    return found;
  }

  private byte[] events(WorkspaceId workspace, String id) {
    return stored
        .find(workspace, id)
        .map(found -> found.document().path("events").asText(""))
        .filter(sha256 -> !sha256.isEmpty())
        .flatMap(sha256 -> platform.blobs().read(sha256, MAX_EVENT_BYTES))
        .orElseGet(() -> new byte[0]);
  }

  private static long after(RequestHead head) {
    String text = head.query("starting_after").or(() -> head.header("last-event-id")).orElse("-1");
    if (!text.matches("-1|\\d{1,9}")) {
      throw Refusal.value("starting_after", text, "a sequence number");
    }
    return Long.parseLong(text);
  }

  private Reply delete(Request http) {
    String id = http.parameter("id");
    stored.existing(http.caller().workspace(), id);
    stored.delete(id);
    runs.find(id).ifPresent(ResponseRun::cancel);
    return Reply.ok(Json.object().put("id", id).put("object", "response").put("deleted", true));
  }

  private Reply cancel(Request http) {
    while (true) {
      try {
        return Reply.ok(cancelled(current(http.caller().workspace(), http.parameter("id"))));
      } catch (PaddockException e) {
        if (e.code() != ErrorCode.CONFLICT) {
          throw e;
        }
        // It went a step further meanwhile; what it came to decides.
      }
    }
  }

  private ObjectNode cancelled(Resource found) {
    if (!StoredResponses.response(found).path("background").asBoolean()) {
      throw Refusal.of(
          "id", "invalid_value", "Cannot cancel a synchronous response; close its connection.");
    }
    if (StoredResponses.isFinished(found)) {
      return StoredResponses.response(found);
    }
    ObjectNode cancelled = stored.cancel(found);
    runs.find(found.id()).ifPresent(ResponseRun::cancel);
    return cancelled;
  }

  private Reply inputItems(Request http) {
    Resource found = stored.existing(http.caller().workspace(), http.parameter("id"));
    List<ObjectNode> items = new ArrayList<>();
    found.document().path("input").forEach(item -> items.add((ObjectNode) item));
    return Reply.ok(Pages.of(items, Pages.Query.of(http.head(), 20, 100, Order.DESCENDING)));
  }

  private Reply count(Request http) throws IOException, InterruptedException {
    ObjectNode body = http.json();
    body.put("store", false);
    ResponseRequest asked = read(http, body);
    try {
      TokenCount count = TokenCount.of(asked.model(), asked.request());
      ObjectNode out =
          Json.object().put("object", "response.input_tokens").put("input_tokens", count.tokens());
      return new Reply.Json(200, count.headers(), out);
    } catch (ModelException e) {
      throw ModelRoutes.told(e, "input");
    }
  }

  /** Everything that was said as one item: the model itself tells it in short. */
  private Reply compact(Request http) throws IOException, InterruptedException {
    ObjectNode body = http.json();
    body.put("store", false);
    ResponseRequest asked = read(http, body);
    Compaction.Result result = Compaction.of(platform, asked, http::gone);
    ObjectNode out =
        Json.object()
            .put("id", Ids.next("resp"))
            .put("object", "response.compaction")
            .put("created_at", platform.clock().instant().getEpochSecond());
    ArrayNode output = out.putArray("output");
    for (JsonNode item : asked.input()) {
      if (item.path("role").asText().equals("user")) {
        output.add(item);
      }
    }
    output
        .addObject()
        .put("id", Ids.next("cmp"))
        .put("type", "compaction")
        .put("encrypted_content", Opaque.summary(result.summary()));
    out.set("usage", ResponseBuilder.usage(result.usage()));
    return new Reply.Json(200, Map.of(), out);
  }
}
