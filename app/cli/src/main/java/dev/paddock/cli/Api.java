package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.server.LocalApi.FormFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The native API: at the server that {@code PADDOCK_URL} names, else on this home. */
interface Api extends AutoCloseable {
  /** What is answered; an error of the API is thrown. */
  JsonNode call(String method, String path, Map<String, String> query, Optional<ObjectNode> body)
      throws InterruptedException;

  /** Sends files by their paths as a form. */
  JsonNode upload(String path, List<FormFile> files) throws InterruptedException;

  @Override
  void close();

  default JsonNode get(String path) throws InterruptedException {
    return call("GET", path, Map.of(), Optional.empty());
  }

  default JsonNode post(String path, ObjectNode body) throws InterruptedException {
    return call("POST", path, Map.of(), Optional.of(body));
  }

  default JsonNode delete(String path) throws InterruptedException {
    return call("DELETE", path, Map.of(), Optional.empty());
  }

  /** Gives out a list page by page, at most {@code limit} of it. */
  default void list(String path, Map<String, String> query, int limit, Consumer<JsonNode> each)
      throws InterruptedException {
    int left = limit;
    Map<String, String> asked = new LinkedHashMap<>(query);
    while (left > 0) {
      asked.put("limit", Integer.toString(Math.min(100, left)));
      JsonNode page = call("GET", path, asked, Optional.empty());
      for (JsonNode item : page.path("data")) {
        each.accept(item);
        left--;
      }
      if (!page.path("next_page").isTextual() || page.path("data").isEmpty()) {
        return;
      }
      asked.put("page", page.path("next_page").textValue());
    }
  }
}
