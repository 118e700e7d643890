package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/** What is known to be there, by the path of its collection; the first of each is never ended. */
final class FuzzIds {
  private static final int KEPT = 40;

  private final Map<String, List<String>> ids = new ConcurrentHashMap<>();

  /** Vendors' paths differ in their version alone. */
  private static String key(String dialect, String collection) {
    return dialect + " " + collection.replaceFirst("^(/upload)?/v1(beta)?/", "/v1/");
  }

  private List<String> at(String dialect, String collection) {
    return ids.computeIfAbsent(key(dialect, collection), _ -> new ArrayList<>());
  }

  /** Learns from what an accepted request was answered. */
  void learn(String dialect, String method, String path, JsonNode answer) {
    if (method.equals("POST")) {
      add(dialect, path, answer.path("id"));
    } else if (method.equals("GET")) {
      answer.path("data").forEach(one -> add(dialect, path, one.path("id")));
    }
  }

  private void add(String dialect, String path, JsonNode id) {
    List<String> known = at(dialect, path);
    synchronized (known) {
      if (id.isTextual() && !known.contains(id.textValue())) {
        known.add(id.textValue());
        if (known.size() > KEPT) {
          known.remove(1);
        }
      }
    }
  }

  /** One of a collection, or a name of nothing. */
  String pick(String dialect, String collection, boolean toEnd, Random random) {
    List<String> known = at(dialect, collection);
    synchronized (known) {
      int from = toEnd ? 1 : 0;
      return known.size() > from
          ? known.get(from + random.nextInt(known.size() - from))
          : "none_" + random.nextInt(10);
    }
  }

  String first(String dialect, String collection) {
    List<String> known = at(dialect, collection);
    synchronized (known) {
      return known.isEmpty() ? "none" : known.getFirst();
    }
  }
}
