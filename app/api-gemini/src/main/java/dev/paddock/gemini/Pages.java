package dev.paddock.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.Resources;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Lists of a workspace's resources in pages, newest first. */
final class Pages {
  private static final int USUAL = 50;
  private static final int MOST = 1000;

  private Pages() {}

  /**
   * The page that a request asks for.
   *
   * @param name of the list in the answer
   * @param key of a resource by the id that its view shows
   */
  static Reply of(
      Resources resources,
      Request request,
      String kind,
      String name,
      UnaryOperator<String> key,
      Function<Resource, ObjectNode> view) {
    int size = Query.pageSize(request, USUAL, MOST);
    ResourceFilter filter =
        ResourceFilter.newest(kind, size + 1).withWorkspace(request.caller().workspace());
    List<Resource> found =
        resources.list(Query.pageToken(request).map(key).map(filter::withAfter).orElse(filter));
    ObjectNode out = Json.object();
    ArrayNode page = out.putArray(name);
    found.stream().limit(size).map(view).forEach(page::add);
    if (found.size() > size) {
      out.set("next_page_token", page.get(size - 1).get("id"));
    }
    return Reply.ok(out);
  }
}
