package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.Resources;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The memories of stores and the history of each, whoever writes them. Content lies in blobs, whose
 * address is its {@code content_sha256}. Every write also holds the store, so that two writers
 * cannot take one path, and so that an unchanged version of the store means unchanged memories.
 *
 * @param actor who writes, as versions show it
 */
public record MemoryBook(
    Resources resources, Clock clock, WorkspaceId workspace, ObjectNode actor) {
  public static final String STORE = "memory_store";
  public static final String MEMORY = "memory";
  public static final String VERSION = "memory_version";

  /** Bytes of one memory's content. */
  public static final int MAX_BYTES = 102_400;

  public static final int MAX_MEMORIES = 10_000;
  private static final int ATTEMPTS = 20;
  private static final int BATCH = 500;

  /** A memory's text as it lies in the blobs. */
  public record Content(String sha256, int bytes) {}

  /** The actor of what an agent wrote in a session. */
  public static ObjectNode actor(SessionId session) {
    return Json.object().put("type", "session_actor").put("session_id", session.value());
  }

  public Optional<Resource> findStore(String id) {
    return find(STORE, id);
  }

  public Resource store(String id) {
    return findStore(id).orElseThrow(() -> unknown(STORE, id));
  }

  public Resource memory(String store, String id) {
    return get(MEMORY, store(store), id);
  }

  /** Every memory of a store. */
  public List<Resource> memories(String store) {
    List<Resource> all = new ArrayList<>();
    ResourceFilter next =
        ResourceFilter.newest(MEMORY, BATCH).withWorkspace(workspace).withIdPrefix(store + ".");
    while (true) {
      List<Resource> page = resources.list(next);
      all.addAll(page);
      if (page.size() < BATCH) {
        return all;
      }
      next = next.withAfter(page.getLast().id());
    }
  }

  public ObjectNode create(String storeId, String path, Content content) {
    String id = Ids.next("mem");
    return retrying(
        () -> {
          Resource store = active(storeId);
          List<Resource> all = memories(store.id());
          if (all.size() >= MAX_MEMORIES) {
            throw new AgentException(
                ErrorCode.INVALID_REQUEST,
                "a memory store holds at most %,d memories".formatted(MAX_MEMORIES));
          }
          requireFree(all, path, id);
          String now = now();
          ObjectNode memory = Json.object().put("id", id).put("type", "memory");
          memory.put("memory_store_id", store.id()).put("created_at", now);
          return write(store, Optional.empty(), memory, path, Optional.of(content), now);
        });
  }

  /**
   * @param content empty leaves it as it is
   * @param expected what the stored content must be
   */
  public ObjectNode update(
      String storeId,
      String id,
      Optional<String> newPath,
      Optional<Content> content,
      Optional<String> expected) {
    return retrying(
        () -> {
          Resource store = active(storeId);
          Resource stored = get(MEMORY, store, id);
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
            requireFree(memories(store.id()), path, id);
          }
          return write(store, Optional.of(stored), memory, path, content, now());
        });
  }

  public void delete(String storeId, String id, Optional<String> expected) {
    retrying(
        () -> {
          Resource store = store(storeId);
          Resource stored = get(MEMORY, store, id);
          requireContent(stored.document().path("content_sha256").asText(), expected);
          ObjectNode version = version(stored.document(), "deleted", now());
          version.set("path", stored.document().path("path"));
          version.putNull("content_sha256").putNull("content_size_bytes");
          return resources.apply(
              List.of(
                  hold(store),
                  new Change.Delete(MEMORY, stored.id(), Optional.of(stored.version())),
                  save(store, version)));
        });
  }

  /** Takes content and path out of a version that is not the current one of its memory. */
  public ObjectNode redact(String storeId, String id) {
    return retrying(
        () -> {
          Resource store = store(storeId);
          Resource stored = get(VERSION, store, id);
          ObjectNode version = stored.document().deepCopy();
          if (version.path("redacted_at").isTextual()) {
            return version;
          }
          requireNotCurrent(store, version);
          version.putNull("path").putNull("content_sha256").putNull("content_size_bytes");
          version.put("redacted_at", now());
          version.set("redacted_by", actor.deepCopy());
          resources.apply(List.of(hold(store), update(stored, version)));
          return version;
        });
  }

  private Resource active(String storeId) {
    Resource store = store(storeId);
    if (store.document().path("archived_at").isTextual()) {
      throw new AgentException(ErrorCode.INVALID_REQUEST, "the memory store is archived");
    }
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

  private static void requireContent(String sha256, Optional<String> expected) {
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
    String id = within(store.id(), memory.path("id").asText());
    resources.apply(
        List.of(
            hold(store),
            stored.isPresent()
                ? update(stored.get(), memory)
                : new Change.Create(MEMORY, id, workspace, memory),
            save(store, version)));
    return memory;
  }

  private Change save(Resource store, ObjectNode version) {
    String id = within(store.id(), version.path("id").asText());
    return new Change.Create(VERSION, id, workspace, version);
  }

  private ObjectNode version(ObjectNode memory, String operation, String now) {
    ObjectNode version = Json.object().put("id", Ids.next("memver")).put("type", VERSION);
    version.set("memory_id", memory.path("id"));
    version.set("memory_store_id", memory.path("memory_store_id"));
    version.put("operation", operation).put("created_at", now);
    version.set("created_by", actor.deepCopy());
    return version.putNull("redacted_at").putNull("redacted_by");
  }

  private void requireNotCurrent(Resource store, ObjectNode version) {
    boolean current =
        find(MEMORY, within(store.id(), version.path("memory_id").asText()))
            .filter(
                memory -> memory.document().path("memory_version_id").equals(version.path("id")))
            .isPresent();
    if (current) {
      throw new AgentException(
          ErrorCode.INVALID_REQUEST,
          "this is the memory's current version; change or delete the memory first");
    }
  }

  private String now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static String within(String parent, String own) {
    return parent + "." + own;
  }

  private Resource get(String kind, Resource store, String own) {
    return (own.matches("[A-Za-z0-9_-]{1,128}")
            ? find(kind, within(store.id(), own))
            : Optional.<Resource>empty())
        .orElseThrow(() -> unknown(kind, own));
  }

  private Optional<Resource> find(String kind, String id) {
    return id.matches("[A-Za-z0-9_.-]{1,260}")
        ? resources.find(kind, id).filter(found -> found.workspaceId().equals(workspace))
        : Optional.empty();
  }

  private static AgentException unknown(String kind, String id) {
    String shown = id.length() > 60 ? id.substring(0, 60) + "…" : id;
    return new AgentException(
        ErrorCode.NOT_FOUND, "there is no %s \"%s\"".formatted(kind.replace('_', ' '), shown));
  }

  private static Change update(Resource stored, ObjectNode document) {
    return new Change.Update(stored.kind(), stored.id(), stored.version(), document);
  }

  /** Keeps a resource as it is, so that what was read of it still holds. */
  private static Change hold(Resource stored) {
    return update(stored, stored.document());
  }

  /** Reads and writes again when someone else was faster. */
  private static <T> T retrying(Supplier<T> attempt) {
    for (int i = 1; ; i++) {
      try {
        return attempt.get();
      } catch (PaddockException e) {
        if (e.code() != ErrorCode.CONFLICT || i == ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
