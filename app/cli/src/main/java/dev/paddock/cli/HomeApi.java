package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.node.Node;
import dev.paddock.server.LocalApi;
import dev.paddock.server.LocalApi.FormFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The native API on this home. */
record HomeApi(Node node, LocalApi api) implements Api {
  static HomeApi open(Node node) {
    try {
      return new HomeApi(node, new LocalApi(node));
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  @Override
  public JsonNode call(
      String method, String path, Map<String, String> query, Optional<ObjectNode> body)
      throws InterruptedException {
    return api.call(method, path, query, body);
  }

  @Override
  public JsonNode upload(String path, List<FormFile> files) throws InterruptedException {
    return api.upload(path, files);
  }

  @Override
  public void close() {
    api.close();
    node.close();
  }
}
