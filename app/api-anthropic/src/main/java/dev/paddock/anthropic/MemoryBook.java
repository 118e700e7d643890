package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.ServerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The memories of a store and the history of each. Content lies in blobs, whose address is its
 * {@code content_sha256}. Every write also holds the store, so that two writers cannot take one
 * path.
 */
record MemoryBook(Records records, Caller caller) {
  static final String MEMORY = "memory";
  static final String VERSION = "memory_version";
  private static final int MAX_MEMORIES = 10_000;

  /** A memory's text as it lies in the blobs. */
  record Content(String sha256, int bytes) {}

  Resource store(String id) {
    return records.get(caller, MemoryStoresResource.KIND, id);
  }

  Resource memory(String store, String id) {
    return records.get(caller, MEMORY, store(store).id(), id);
  }

  ObjectNode create(String storeId, String path, Content content) {
    String id = Ids.next("mem");
    return Records.retrying(
        () -> {
          Resource store = active(storeId);
          List<Resource> all = records.all(Records.within(caller, MEMORY, store.id()));
          if (all.size() >= MAX_MEMORIES) {
            throw new ServerException(
                ErrorCode.INVALID_REQUEST,
                "a memory store holds at most %,d memories".formatted(MAX_MEMORIES));
          }
          requireFree(all, path, id);
          String now = records.now();
          ObjectNode memory = Json.object().put("id", id).put("type", "memory");
          memory.put("memory_store_id", store.id()).put("created_at", now);
          return write(store, Optional.empty(), memory, path, Optional.of(content), now);
        });
  }

  private Resource active(String storeId) {
    Resource store = store(storeId);
    VaultsResource.requireActive(store.document(), "memory store");
    return store;
  }

  private static void requireFree(List<Resource> all, String path, String id) {
    for (Resource other : all) {
      JsonNode document = other.document();
      String taken = document.path("path").asText();
      if (MemoryPath.overlap(taken, path) && !document.path("id").asText().equals(id)) {
        throw new MemoryConflictException(taken, document.path("id").asText());
      }
    }
  }

  /**
   * @param content empty leaves it as it is
   * @param expected what the stored content must be
   */
  ObjectNode update(
      String storeId,
      String id,
      Optional<String> newPath,
      Optional<Content> content,
      Optional<String> expected) {
    return Records.retrying(
        () -> {
          Resource store = active(storeId);
          Resource stored = records.get(caller, MEMORY, store.id(), id);
          ObjectNode memory = stored.document().deepCopy();
          String path = newPath.orElse(memory.path("path").asText());
          String sha256 = memory.path("content_sha256").asText();
          boolean same =
              path.equals(memory.path("path").asText())
                  && content.map(Content::sha256).orElse(sha256).equals(sha256);
          if (same) {
            return memory;
          }
          requireContent(sha256, expected);
          if (!path.equals(memory.path("path").asText())) {
            requireFree(records.all(Records.within(caller, MEMORY, store.id())), path, id);
          }
          return write(store, Optional.of(stored), memory, path, content, records.now());
        });
  }

  static void requireContent(String sha256, Optional<String> expected) {
    if (expected.isPresent() && !expected.get().equals(sha256)) {
      throw new MemoryConflictException();
    }
  }

  private ObjectNode write(
      Resource store,
      Optional<Resource> stored,
      ObjectNode memory,
      String path,
      Optional<Content> content,
      String now) {
    ObjectNode version = version(memory, stored.isEmpty() ? "created" : "modified", now);
    memory.put("path", path).put("updated_at", now);
    memory.put("memory_version_id", version.path("id").asText());
    content.ifPresent(
        text ->
            memory.put("content_sha256", text.sha256()).put("content_size_bytes", text.bytes()));
    version.put("path", path);
    version.set("content_sha256", memory.path("content_sha256"));
    version.set("content_size_bytes", memory.path("content_size_bytes"));
    String id = Records.within(store.id(), memory.path("id").asText());
    List<Change> changes = new ArrayList<>();
    changes.add(Records.hold(store));
    changes.add(
        stored.isPresent()
            ? Records.update(stored.get(), memory)
            : Records.create(caller, MEMORY, memory, id));
    changes.add(save(store, version));
    records.apply(changes);
    return memory;
  }

  private Change save(Resource store, ObjectNode version) {
    return Records.create(
        caller, VERSION, version, Records.within(store.id(), version.path("id").asText()));
  }

  private ObjectNode version(ObjectNode memory, String operation, String now) {
    ObjectNode version = Json.object().put("id", Ids.next("memver")).put("type", VERSION);
    version.set("memory_id", memory.path("id"));
    version.set("memory_store_id", memory.path("memory_store_id"));
    version.put("operation", operation).put("created_at", now);
    version.set("created_by", MemoryActor.of(caller.principal()));
    return version.putNull("redacted_at").putNull("redacted_by");
  }

  void delete(String storeId, String id, Optional<String> expected) {
    Records.retrying(
        () -> {
          Resource store = store(storeId);
          Resource stored = records.get(caller, MEMORY, store.id(), id);
          requireContent(stored.document().path("content_sha256").asText(), expected);
          ObjectNode version = version(stored.document(), "deleted", records.now());
          version.set("path", stored.document().path("path"));
          version.putNull("content_sha256").putNull("content_size_bytes");
          return records.apply(
              List.of(Records.hold(store), Records.delete(stored), save(store, version)));
        });
  }

  /** Takes content and path out of a version that is not the current one of its memory. */
  ObjectNode redact(String storeId, String id) {
    return Records.retrying(
        () -> {
          Resource store = store(storeId);
          Resource stored = records.get(caller, VERSION, store.id(), id);
          ObjectNode version = stored.document().deepCopy();
          if (version.path("redacted_at").isTextual()) {
            return version;
          }
          requireNotCurrent(store, version);
          version.putNull("path").putNull("content_sha256").putNull("content_size_bytes");
          version.put("redacted_at", records.now());
          version.set("redacted_by", MemoryActor.of(caller.principal()));
          records.apply(List.of(Records.hold(store), Records.update(stored, version)));
          return version;
        });
  }

  private void requireNotCurrent(Resource store, ObjectNode version) {
    boolean current =
        records
            .find(caller, MEMORY, Records.within(store.id(), version.path("memory_id").asText()))
            .filter(
                memory -> memory.document().path("memory_version_id").equals(version.path("id")))
            .isPresent();
    if (current) {
      throw new ServerException(
          ErrorCode.INVALID_REQUEST,
          "this is the memory's current version; change or delete the memory first");
    }
  }
}
