package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.MemoryBook;
import dev.paddock.agent.MemoryConflictException;
import dev.paddock.agent.MemoryPath;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** {@code /v1/memory_stores/{id}/memories}. */
final class MemoriesResource {
  private static final int MAX_BYTES = MemoryBook.MAX_BYTES;

  private final Blobs blobs;
  private final Records records;

  MemoriesResource(Platform platform, Records records) {
    this.blobs = platform.blobs();
    this.records = records;
  }

  List<Route> routes() {
    String all = "/v1/memory_stores/{store}/memories";
    String one = all + "/{id}";
    return List.of(
        Route.post(all, conflicts(this::create)),
        Route.get(all, this::list),
        Route.get(one, this::retrieve),
        Route.post(one, conflicts(this::update)),
        Route.delete(one, conflicts(this::delete)));
  }

  private static Route.Handler conflicts(Route.Handler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (MemoryConflictException e) {
        return AnthropicErrors.of(e, request.id());
      }
    };
  }

  private MemoryBook book(Request request) {
    return records.memories(request.caller());
  }

  private Reply create(Request request) throws IOException {
    Fields fields = Fields.of(request, "path", "content");
    boolean full = MemoryView.full(new Query(request.head()), false);
    String path = path(fields);
    if (!fields.sent("content")) {
      throw fields.invalid("content", "is required");
    }
    book(request).store(request.parameter("store"));
    MemoryBook.Content content = content(fields).orElseGet(() -> put(""));
    ObjectNode memory = book(request).create(request.parameter("store"), path, content);
    return Reply.ok(MemoryView.of(memory, full, blobs));
  }

  private static String path(Fields fields) {
    String path = fields.requiredText("path", MemoryPath.MAX_BYTES);
    MemoryPath.violation(path)
        .ifPresent(
            what -> {
              throw fields.invalid("path", what);
            });
    return path;
  }

  private Optional<MemoryBook.Content> content(Fields fields) {
    Optional<String> text = fields.text("content", MAX_BYTES);
    if (text.isPresent() && text.get().getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw fields.invalid("content", "must have at most %,d bytes".formatted(MAX_BYTES));
    }
    return text.map(this::put);
  }

  private MemoryBook.Content put(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new MemoryBook.Content(blobs.put(bytes), bytes.length);
  }

  private Reply retrieve(Request request) {
    boolean full = MemoryView.full(new Query(request.head()), true);
    Resource memory = book(request).memory(request.parameter("store"), request.parameter("id"));
    return Reply.ok(MemoryView.of(memory.document(), full, blobs));
  }

  private Reply update(Request request) throws IOException {
    Fields fields = Fields.of(request, "path", "content", "precondition");
    boolean full = MemoryView.full(new Query(request.head()), false);
    Optional<String> path = fields.has("path") ? Optional.of(path(fields)) : Optional.empty();
    Optional<String> expected =
        fields
            .object("precondition", "type", "content_sha256")
            .flatMap(
                condition -> {
                  condition.requiredWord("type", "content_sha256");
                  return condition.text("content_sha256", 64);
                });
    expected.ifPresent(sha256 -> requireDigest("precondition.content_sha256", sha256));
    book(request).memory(request.parameter("store"), request.parameter("id"));
    ObjectNode memory =
        book(request)
            .update(
                request.parameter("store"),
                request.parameter("id"),
                path,
                content(fields),
                expected);
    return Reply.ok(MemoryView.of(memory, full, blobs));
  }

  private static void requireDigest(String name, String sha256) {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw ServerException.invalid(name, "must be 64 lower-case hexadecimal digits");
    }
  }

  private Reply delete(Request request) {
    Optional<String> expected = new Query(request.head()).text("expected_content_sha256");
    expected.ifPresent(sha256 -> requireDigest("expected_content_sha256", sha256));
    String id = request.parameter("id");
    book(request).delete(request.parameter("store"), id, expected);
    return Records.deleted(id, "memory_deleted");
  }

  private Reply list(Request request) {
    Query query = new Query(request.head());
    boolean full = MemoryView.full(query, false);
    int limit = MemoryView.limit(query, full);
    String prefix = query.text("path_prefix").orElse("/");
    if (!prefix.startsWith("/") || !prefix.endsWith("/")) {
      throw ServerException.invalid("path_prefix", "must start and end with /");
    }
    boolean direct = query.integer("depth", 0, 1).orElse(0L) == 1;
    Resource store = book(request).store(request.parameter("store"));
    MemoryTree tree = MemoryTree.of(book(request).memories(store.id()), prefix, direct);
    List<MemoryTree.Entry> shown = tree.after(query.page().map(Cursor::key), limit);
    boolean more = tree.has(shown);
    return Records.page(
        shown.stream().map(entry -> item(entry, full)).toList(),
        more ? Optional.of(Cursor.after(shown.getLast().path())) : Optional.empty());
  }

  private JsonNode item(MemoryTree.Entry entry, boolean full) {
    return entry
        .memory()
        .map(memory -> MemoryView.of(memory, full, blobs))
        .orElseGet(() -> Json.object().put("type", "memory_prefix").put("path", entry.path()));
  }
}
