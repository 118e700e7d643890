package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.MemoryBook;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import java.io.IOException;
import java.util.List;

/** {@code /v1/memory_stores}: what agents remember from one session to another. */
final class MemoryStoresResource {
  static final String KIND = MemoryBook.STORE;
  private static final String[] KEYS = {"name", "description", "metadata"};
  private static final int MAX_NAME = 255;
  private static final int MAX_DESCRIPTION = 1024;

  private final Records records;

  MemoryStoresResource(Records records) {
    this.records = records;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/v1/memory_stores", this::create),
        Route.get("/v1/memory_stores", this::list),
        Route.get("/v1/memory_stores/{store}", this::retrieve),
        Route.post("/v1/memory_stores/{store}", this::update),
        Route.delete("/v1/memory_stores/{store}", this::delete),
        Route.post("/v1/memory_stores/{store}/archive", this::archive));
  }

  private Reply create(Request request) throws IOException {
    Fields fields = Fields.of(request, KEYS);
    String id = Ids.next("memstore");
    String now = records.now();
    ObjectNode store = Json.object().put("id", id).put("type", KIND);
    store.put("name", name(fields));
    store.put("description", fields.text("description", MAX_DESCRIPTION).orElse(""));
    store.set("metadata", Metadata.of(fields));
    store.put("created_at", now).put("updated_at", now).putNull("archived_at");
    return Reply.ok(records.create(request.caller(), KIND, id, store));
  }

  private static String name(Fields fields) {
    String name = fields.requiredText("name", MAX_NAME);
    if (name.codePoints().anyMatch(Character::isISOControl)) {
      throw fields.invalid("name", "must not contain control characters");
    }
    return name;
  }

  private Reply list(Request request) {
    Query query = new Query(request.head());
    ResourceFilter filter =
        Records.filter(request.caller(), KIND).withCreated(query.times("created_at"));
    return records.list(request, Archived.unlessAsked(query, filter), Resource::document);
  }

  private Reply retrieve(Request request) {
    return Reply.ok(records.get(request.caller(), KIND, request.parameter("store")).document());
  }

  private Reply update(Request request) throws IOException {
    Fields fields = Fields.of(request, KEYS);
    return Reply.ok(
        records.change(
            request.caller(),
            KIND,
            request.parameter("store"),
            store -> {
              Archived.refuse(store, "memory store");
              if (fields.has("name")) {
                store.put("name", name(fields));
              }
              fields
                  .text("description", MAX_DESCRIPTION)
                  .ifPresent(text -> store.put("description", text));
              Metadata.patch(fields, store.path("metadata"))
                  .ifPresent(bag -> store.set("metadata", bag));
              return store;
            }));
  }

  private Reply archive(Request request) {
    return Reply.ok(records.archive(request.caller(), KIND, request.parameter("store")));
  }

  private Reply delete(Request request) {
    String id = records.get(request.caller(), KIND, request.parameter("store")).id();
    records.deleteWhole(request.caller(), KIND, id, MemoryBook.MEMORY, MemoryBook.VERSION);
    return Records.deleted(id, "memory_store_deleted");
  }
}
