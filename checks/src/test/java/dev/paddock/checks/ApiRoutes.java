package dev.paddock.checks;

import dev.paddock.node.Node;
import dev.paddock.node.SessionRunner;
import dev.paddock.server.NodePlatform;
import dev.paddock.server.spi.Dialect;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** Every route that this build offers, asked of the dialects themselves. */
final class ApiRoutes {
  private final List<Dialect> dialects =
      ServiceLoader.load(Dialect.class).stream().map(ServiceLoader.Provider::get).toList();

  private final List<ApiRoute> offered = new ArrayList<>();
  private final List<ApiRoute> missing = new ArrayList<>();

  record ApiRoute(Dialect dialect, String method, String template) {
    @Override
    public String toString() {
      return dialect.name() + " " + method + " " + template;
    }

    /** Whether it removes or ends what it names. */
    boolean ends() {
      return method.equals("DELETE")
          || template.endsWith("/archive")
          || template.endsWith("/redact");
    }

    boolean takesBody() {
      return !method.equals("GET") && !method.equals("DELETE");
    }
  }

  /** {@code home} becomes the home of a node that only says what there is. */
  ApiRoutes(Path home) {
    try (Node node = Node.open(Map.of("PADDOCK_HOME", home.toString()));
        SessionRunner runner = new SessionRunner(node, text -> {})) {
      Platform platform = new NodePlatform(node, runner);
      for (Dialect dialect : dialects) {
        for (Route route : dialect.routes(platform)) {
          offered.add(new ApiRoute(dialect, route.method(), route.path()));
        }
        for (Dialect.NotOffered other : dialect.notOffered()) {
          String method = other.method().equals("*") ? "POST" : other.method();
          missing.add(new ApiRoute(dialect, method, other.path()));
        }
      }
    }
  }

  List<ApiRoute> offered() {
    return offered;
  }

  List<ApiRoute> missing() {
    return missing;
  }

  /** The dialect whose errors a request to a route must get, as the server's table decides it. */
  Optional<Dialect> answering(ApiRoute asked, String path, Map<String, List<String>> headers) {
    RequestHead head = new RequestHead(asked.method(), path, Map.of(), headers);
    List<Dialect> able =
        offered.stream()
            .filter(route -> route.method().equals(asked.method()))
            .filter(route -> route.template().equals(asked.template()))
            .map(ApiRoute::dialect)
            .toList();
    return able.stream()
        .filter(dialect -> dialect.claims(head))
        .findFirst()
        .or(() -> able.stream().findFirst());
  }
}
