package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Order;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.Resources;
import dev.paddock.server.spi.RequestHead;
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
  record Query(Optional<String> after, int limit, Order order) {
    static Query of(RequestHead head, int usual, int max, Order usualOrder) {
      String text = head.query("limit").orElse(String.valueOf(usual));
      int limit = text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
      if (limit < 1 || limit > max) {
        throw Refusal.value("limit", text, "1 to " + max);
      }
      Order order =
          switch (head.query("order").orElse("")) {
            case "" -> usualOrder;
            case "asc" -> Order.ASCENDING;
            case "desc" -> Order.DESCENDING;
            default -> throw Refusal.value("order", head.query("order").orElse(""), "asc or desc");
          };
      Optional<String> after = head.query("after").filter(id -> !id.isEmpty());
      if (after.filter(id -> id.length() > 128).isPresent()) {
        throw Refusal.value("after", after.get(), "an id of this list");
      }
      return new Query(after, limit, order);
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
    ResourceFilter filter =
        ResourceFilter.newest(kind, BATCH).withWorkspace(workspace).withOrder(query.order());
    filter = query.after().map(filter::withAfter).orElse(filter);
    List<ObjectNode> found = new ArrayList<>();
    List<Resource> batch;
    do {
      batch = resources.list(filter);
      batch.stream().filter(wanted).map(form).forEach(found::add);
      filter = batch.isEmpty() ? filter : filter.withAfter(batch.getLast().id());
    } while (found.size() <= query.limit() && batch.size() == BATCH);
    return list(found, query.limit());
  }

  /** A page of items that are all at hand, oldest first. */
  static ObjectNode of(List<ObjectNode> items, Query query) {
    List<ObjectNode> ordered =
        query.order() == Order.ASCENDING ? items : List.copyOf(items.reversed());
    int start = 0;
    for (int i = 0; query.after().isPresent() && i < ordered.size(); i++) {
      if (ordered.get(i).path("id").asText().equals(query.after().get())) {
        start = i + 1;
      }
    }
    return list(ordered.subList(start, ordered.size()), query.limit());
  }

  private static ObjectNode list(List<ObjectNode> found, int limit) {
    List<ObjectNode> shown = found.subList(0, Math.min(limit, found.size()));
    ObjectNode out = Json.object().put("object", "list");
    ArrayNode data = out.putArray("data");
    shown.forEach(data::add);
    out.put("first_id", shown.isEmpty() ? null : shown.getFirst().path("id").asText());
    out.put("last_id", shown.isEmpty() ? null : shown.getLast().path("id").asText());
    return out.put("has_more", found.size() > limit);
  }
}
