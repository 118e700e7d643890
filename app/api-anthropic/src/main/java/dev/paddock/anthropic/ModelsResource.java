package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.Catalogue;
import dev.paddock.provider.ModelRef;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelListing;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code /v1/models}: mapped ids and the references of every configured provider. */
final class ModelsResource {
  private static final String UNKNOWN_TIME = "1970-01-01T00:00:00Z";
  private static final String LOCAL = "local";

  private final Platform platform;

  ModelsResource(Platform platform) {
    this.platform = platform;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/v1/models", this::list), Route.get("/v1/models/{id**}", this::retrieve));
  }

  private Reply list(Request request) {
    Query query = new Query(request.head());
    int limit = query.limit(20, 1_000);
    List<Catalogue.Entry> all = platform.models().list().models();
    int from = 0;
    int to = all.size();
    Optional<String> after = query.text("after_id");
    Optional<String> before = query.text("before_id");
    if (after.isPresent()) {
      from = place("after_id", after.get(), all) + 1;
    } else if (before.isPresent()) {
      to = place("before_id", before.get(), all);
      from = Math.max(0, to - limit);
    }
    int end = Math.min(to, from + limit);
    List<Catalogue.Entry> shown = all.subList(from, end);
    ObjectNode out = Json.object();
    ArrayNode data = out.putArray("data");
    shown.forEach(entry -> data.add(json(entry.id(), entry.ref(), entry.listing())));
    out.put("first_id", shown.isEmpty() ? null : shown.getFirst().id());
    out.put("last_id", shown.isEmpty() ? null : shown.getLast().id());
    boolean more = before.isPresent() && after.isEmpty() ? from > 0 : end < all.size();
    return Reply.ok(out.put("has_more", more));
  }

  private static int place(String name, String id, List<Catalogue.Entry> all) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).id().equals(id)) {
        return i;
      }
    }
    throw ServerException.invalid(name, "is the id of no model of this list");
  }

  private Reply retrieve(Request request) {
    String id = request.parameter("id").replace("%2F", "/").replace("%2f", "/");
    ModelRef ref = platform.models().resolve(id);
    Catalogue catalogue = platform.models().list();
    Optional<ModelListing> listing =
        catalogue.models().stream()
            .filter(entry -> entry.ref().equals(ref))
            .map(Catalogue.Entry::listing)
            .findFirst();
    if (listing.isEmpty() && catalogue.problems().isEmpty()) {
      throw ServerException.notFound("model: " + Texts.shortened(id));
    }
    return Reply.ok(json(id, ref, listing.orElseGet(() -> ModelListing.of(ref.model()))));
  }

  private ObjectNode json(String id, ModelRef ref, ModelListing listing) {
    ObjectNode out = Json.object().put("type", "model").put("id", id);
    // A local model's file would have to be opened to tell.
    if (ref.provider().equals(LOCAL)) {
      out.putNull("capabilities");
    } else {
      out.set("capabilities", capabilities(platform.models().open(ref).description()));
    }
    out.put("created_at", UNKNOWN_TIME).putNull("deprecated_at");
    out.put("display_name", id).put("lifecycle", "active").putNull("line");
    out.set("max_input_tokens", size(listing.contextTokens()));
    out.set("max_tokens", size(listing.maxOutputTokens()));
    return out.putNull("retires_at");
  }

  private static com.fasterxml.jackson.databind.JsonNode size(OptionalLong tokens) {
    return tokens.isPresent()
        ? Json.mapper().getNodeFactory().numberNode(tokens.getAsLong())
        : Json.mapper().nullNode();
  }

  private static ObjectNode capabilities(ModelDescription model) {
    boolean thinks = model.can(Capability.THINKING);
    ObjectNode out = Json.object();
    out.set("batch", supported(false));
    out.set("citations", supported(false));
    out.set("code_execution", supported(false));
    ObjectNode context = supported(false);
    context.putNull("clear_thinking_20251015").putNull("clear_tool_uses_20250919");
    out.set("context_management", context.putNull("compact_20260112"));
    ObjectNode effort = supported(thinks);
    for (String level : List.of("high", "low", "max", "medium", "xhigh")) {
      effort.set(level, supported(thinks));
    }
    out.set("effort", effort);
    out.set("image_input", supported(model.can(Capability.IMAGES)));
    out.set("pdf_input", supported(model.can(Capability.IMAGES)));
    ObjectNode server = supported(false);
    server.set("code_execution", supported(false));
    server.set("web_search", supported(false));
    out.set("server_tools", server);
    out.set("structured_outputs", supported(model.can(Capability.JSON_SCHEMA)));
    ObjectNode thinking = supported(thinks);
    ObjectNode types = thinking.putObject("types");
    for (String kind : List.of("adaptive", "between_tools", "disabled", "enabled")) {
      types.set(kind, supported(thinks || kind.equals("disabled")));
    }
    out.set("thinking", thinking);
    return out;
  }

  private static ObjectNode supported(boolean yes) {
    return Json.object().put("supported", yes);
  }
}
