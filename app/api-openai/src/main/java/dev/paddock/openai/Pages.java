package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.Resources;
import dev.paddock.server.spi.RequestHead;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Lists in pages: {@code after}, {@code limit} and {@code order}. */
final class Pages {
  private static final int BATCH = 200;

  private Pages() {}

  /**
   * What a request asks of a list.
   *
   * @param after the id that the page follows
   */
  record Query(Optional<String> after, int limit, boolean ascending) {
    static Query of(RequestHead head, int usual, int max, boolean usuallyAscending) {
      String text = head.query("limit").orElse(String.valueOf(usual));
      int limit = text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
      if (limit < 1 || limit > max) {
        throw Refusal.value("limit", text, "1 to " + max);
      }
      String order = head.query("order").orElse(usuallyAscending ? "asc" : "desc");
      if (!order.equals("asc") && !order.equals("desc")) {
        throw Refusal.value("order", order, "asc or desc");
      }
      return new Query(
          head.query("after").filter(id -> !id.isEmpty()), limit, order.equals("asc"));
    }
  }

  /** A page of resources, as the list's JSON. */
  static ObjectNode of(
      Resources resources,
      String kind,
      WorkspaceId workspace,
      Query query,
      Predicate<Resource> wanted,
      Function<Resource, ObjectNode> form) {
    List<Resource> found =
        query.ascending()
            ? oldest(resources, kind, workspace, query, wanted)
            : newest(resources, kind, workspace, query, wanted);
    return list(found.stream().map(form).toList(), query.limit());
  }

  /** A page of items that are all at hand, oldest first. */
  static ObjectNode of(List<ObjectNode> items, Query query) {
    List<ObjectNode> ordered = query.ascending() ? items : items.reversed();
    int start = 0;
    for (int i = 0; query.after().isPresent() && i < ordered.size(); i++) {
      if (ordered.get(i).path("id").asText().equals(query.after().get())) {
        start = i + 1;
      }
    }
    int end = Math.min(ordered.size(), start + query.limit() + 1);
    return list(ordered.subList(start, end), query.limit());
  }

  private static List<Resource> newest(
      Resources resources,
      String kind,
      WorkspaceId workspace,
      Query query,
      Predicate<Resource> wanted) {
    List<Resource> out = new ArrayList<>();
    Optional<String> before = query.after();
    while (out.size() <= query.limit()) {
      List<Resource> batch = resources.list(kind, Optional.of(workspace), before, BATCH);
      batch.stream().filter(wanted).forEach(out::add);
      if (batch.size() < BATCH) {
        break;
      }
      before = Optional.of(batch.getLast().id());
    }
    return out;
  }

  /** The store lists newest first, so the oldest ones are what is left at the end. */
  private static List<Resource> oldest(
      Resources resources,
      String kind,
      WorkspaceId workspace,
      Query query,
      Predicate<Resource> wanted) {
    ArrayDeque<Resource> out = new ArrayDeque<>();
    Optional<String> before = Optional.empty();
    while (true) {
      List<Resource> batch = resources.list(kind, Optional.of(workspace), before, BATCH);
      for (Resource resource : batch) {
        if (query.after().isPresent() && resource.id().compareTo(query.after().get()) <= 0) {
          return List.copyOf(out);
        }
        if (wanted.test(resource)) {
          out.addFirst(resource);
          if (out.size() > query.limit() + 1) {
            out.removeLast();
          }
        }
      }
      if (batch.size() < BATCH) {
        return List.copyOf(out);
      }
      before = Optional.of(batch.getLast().id());
    }
  }

  private static ObjectNode list(List<ObjectNode> found, int limit) {
    List<ObjectNode> shown = found.subList(0, Math.min(limit, found.size()));
    ObjectNode out = Json.object().put("object", "list");
    ArrayNode data = out.putArray("data");
    shown.forEach(data::add);
    out.set("first_id", shown.isEmpty() ? Json.mapper().nullNode() : id(shown.getFirst()));
    out.set("last_id", shown.isEmpty() ? Json.mapper().nullNode() : id(shown.getLast()));
    return out.put("has_more", found.size() > limit);
  }

  private static JsonNode id(ObjectNode item) {
    return item.path("id");
  }
}
