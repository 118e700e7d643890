package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code /v1/sessions/{id}/resources}: files that come later, and what is there. */
final class SessionResourcesResource {
  private static final int MAX_RESOURCES = 1_024;

  private final Platform platform;
  private final Records records;
  private final SessionStore store;

  SessionResourcesResource(Platform platform, Records records, SessionStore store) {
    this.platform = platform;
    this.records = records;
    this.store = store;
  }

  List<Route> routes() {
    String one = "/v1/sessions/{id}/resources/{resource}";
    return List.of(
        Route.post("/v1/sessions/{id}/resources", this::add),
        Route.get("/v1/sessions/{id}/resources", this::list),
        Route.get(one, this::retrieve),
        Route.post(one, this::update),
        Route.delete(one, this::delete));
  }

  private SessionRecord session(Request request) {
    return store.get(request.caller(), request.parameter("id"));
  }

  private Reply add(Request request) throws IOException {
    Fields fields = Fields.of(request, "type", "file_id", "mount_path");
    fields.requiredWord("type", "file");
    SessionRecord session = session(request);
    store.requireActive(session);
    ResourceWire reader = new ResourceWire(records, platform, request.caller());
    List<String> used = new ArrayList<>();
    for (JsonNode resource : resources(session)) {
      used.add(resource.path("mount_path").asText());
    }
    ObjectNode added = reader.taking(used).file(fields);
    store.update(
        request.caller(),
        session.id(),
        document -> {
          ArrayNode all = SessionDoc.wire(document).withArrayProperty("resources");
          if (all.size() >= MAX_RESOURCES
              || document.path("files").size() >= ResourceWire.MAX_FILES) {
            throw new ServerException(
                ErrorCode.INVALID_REQUEST,
                "a session has at most %d files".formatted(ResourceWire.MAX_FILES));
          }
          all.add(added);
          reader.files.forEach(file -> document.withArrayProperty("files").add(Json.tree(file)));
          return changed(all);
        });
    return Reply.ok(added);
  }

  private static ObjectNode changed(ArrayNode resources) {
    return Json.object().set("resources", resources.deepCopy());
  }

  private static JsonNode resources(SessionRecord session) {
    return SessionDoc.wire(session).path("resources");
  }

  private Reply list(Request request) {
    Query query = new Query(request.head());
    List<JsonNode> all = resources(session(request)).valueStream().toList();
    int from = query.page().map(page -> Math.clamp(page.number(), 0, all.size())).orElse(0);
    int to = Math.min(all.size(), from + query.limit());
    return Records.page(
        all.subList(from, to),
        to < all.size() ? Optional.of(Cursor.after(Integer.toString(to))) : Optional.empty());
  }

  /** By its id; a memory store, which has none, by the store's. */
  private static int indexOf(JsonNode resources, String id) {
    for (int i = 0; i < resources.size(); i++) {
      JsonNode resource = resources.get(i);
      if (resource.path("id").asText().equals(id)
          || resource.path("memory_store_id").asText().equals(id)) {
        return i;
      }
    }
    throw ServerException.notFound(
        "there is no resource \"%s\" in this session".formatted(Texts.shortened(id)));
  }

  private Reply retrieve(Request request) {
    JsonNode all = resources(session(request));
    return Reply.ok(all.get(indexOf(all, request.parameter("resource"))));
  }

  /** Only a repository's token can be changed. */
  private Reply update(Request request) throws IOException {
    Fields fields = Fields.of(request, "authorization_token");
    String token = fields.requiredText("authorization_token", 8192);
    SessionRecord session = session(request);
    store.requireActive(session);
    JsonNode all = resources(session);
    JsonNode found = all.get(indexOf(all, request.parameter("resource")));
    if (!found.path("type").asText().equals("github_repository")) {
      throw fields.invalid(
          "authorization_token", "only resources of type github_repository have one");
    }
    String id = found.path("id").asText();
    ObjectNode sealed = Json.object().put("sealed", platform.secrets().seal(token, id));
    Records.retrying(
        () -> {
          Optional<Resource> stored = records.find(request.caller(), SessionCreation.TOKEN, id);
          return records.apply(
              List.of(
                  stored.isPresent()
                      ? Records.update(stored.get(), sealed)
                      : Records.create(request.caller(), SessionCreation.TOKEN, sealed, id)));
        });
    String now = records.now();
    SessionRecord updated =
        store.update(
            request.caller(),
            session.id(),
            document -> {
              ArrayNode list = SessionDoc.wire(document).withArrayProperty("resources");
              ((ObjectNode) list.get(indexOf(list, id))).put("updated_at", now);
              return changed(list);
            });
    JsonNode list = resources(updated);
    return Reply.ok(list.get(indexOf(list, id)));
  }

  private Reply delete(Request request) {
    SessionRecord session = session(request);
    store.requireActive(session);
    String id = request.parameter("resource");
    JsonNode all = resources(session);
    String type = all.get(indexOf(all, id)).path("type").asText();
    if (!type.equals("file")) {
      throw new ServerException(
          ErrorCode.INVALID_REQUEST,
          "a resource of type %s stays for the session's life".formatted(type));
    }
    store.update(
        request.caller(),
        session.id(),
        document -> {
          ArrayNode list = SessionDoc.wire(document).withArrayProperty("resources");
          JsonNode removed = list.remove(indexOf(list, id));
          document
              .withArrayProperty("files")
              .removeIf(
                  file -> file.path("path").asText().equals(removed.path("mount_path").asText()));
          return changed(list);
        });
    return Records.deleted(id, "session_resource_deleted");
  }
}
