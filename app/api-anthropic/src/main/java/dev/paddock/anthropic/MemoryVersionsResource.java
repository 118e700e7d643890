package dev.paddock.anthropic;

import dev.paddock.agent.MemoryBook;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code /v1/memory_stores/{id}/memory_versions}: the history of memories. */
final class MemoryVersionsResource {
  private static final Map<String, String> FILTERS =
      Map.of(
          "memory_id", "memory_id",
          "api_key_id", "created_by.api_key_id",
          "session_id", "created_by.session_id",
          "service_account_id", "created_by.service_account_id");

  private final Blobs blobs;
  private final Records records;

  MemoryVersionsResource(Platform platform, Records records) {
    this.blobs = platform.blobs();
    this.records = records;
  }

  List<Route> routes() {
    String all = "/v1/memory_stores/{store}/memory_versions";
    return List.of(
        Route.get(all, this::list),
        Route.get(all + "/{id}", this::retrieve),
        Route.post(all + "/{id}/redact", this::redact));
  }

  private MemoryBook book(Request request) {
    return records.memories(request.caller());
  }

  private Reply list(Request request) {
    Query query = new Query(request.head());
    boolean full = MemoryView.full(query, false);
    String store = book(request).store(request.parameter("store")).id();
    ResourceFilter filter =
        Records.within(request.caller(), MemoryBook.VERSION, store)
            .withCreated(query.times("created_at"));
    for (Map.Entry<String, String> by : FILTERS.entrySet()) {
      Optional<String> value = query.id(by.getKey());
      if (value.isPresent()) {
        filter = filter.withMatching(by.getValue(), value.get());
      }
    }
    Optional<String> operation = query.word("operation", "created", "modified", "deleted");
    if (operation.isPresent()) {
      filter = filter.withMatching("operation", operation.get());
    }
    return records.list(
        query,
        MemoryView.limit(query, full),
        filter,
        version -> MemoryView.of(version.document(), full, blobs));
  }

  private Reply retrieve(Request request) {
    boolean full = MemoryView.full(new Query(request.head()), true);
    String store = book(request).store(request.parameter("store")).id();
    return Reply.ok(
        MemoryView.of(
            records
                .get(request.caller(), MemoryBook.VERSION, store, request.parameter("id"))
                .document(),
            full,
            blobs));
  }

  private Reply redact(Request request) throws IOException {
    Fields.of(request);
    return Reply.ok(
        MemoryView.of(
            book(request).redact(request.parameter("store"), request.parameter("id")),
            false,
            blobs));
  }
}
