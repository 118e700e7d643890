package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.Principal;
import dev.paddock.core.WorkspaceId;
import dev.paddock.provider.Models;
import dev.paddock.server.TestingModel;
import dev.paddock.server.TestingPlatform;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Calls the dialect's routes as a server would, without one. */
final class TestingApi {
  static final WorkspaceId OTHER = new WorkspaceId("wrkspc_other");

  private final List<Route> routes;
  private final WorkspaceId workspace;
  boolean gone;

  static TestingPlatform platform(Path folder) {
    return new TestingPlatform(
        folder, new Models(List.of(TestingModel.unasked()), Map.of()), Optional.of("test/one"));
  }

  TestingApi(TestingPlatform platform) {
    this(new GeminiDialect().routes(platform), WorkspaceId.DEFAULT);
  }

  private TestingApi(List<Route> routes, WorkspaceId workspace) {
    this.routes = routes;
    this.workspace = workspace;
  }

  TestingApi as(WorkspaceId other) {
    return new TestingApi(routes, other);
  }

  ObjectNode json(String method, String path, String body) {
    return (ObjectNode)
        ((Reply.Json) call(method, path, Map.of(), body.getBytes(StandardCharsets.UTF_8))).body();
  }

  ObjectNode get(String path) {
    return json("GET", path, "");
  }

  ObjectNode post(String path, String body) {
    return json("POST", path, body);
  }

  Reply call(String method, String target, Map<String, String> headers, byte[] body) {
    String path = target.split("\\?", 2)[0];
    Map<String, List<String>> query = new LinkedHashMap<>();
    if (target.contains("?")) {
      for (String pair : target.split("\\?", 2)[1].split("&")) {
        String[] parts = pair.split("=", 2);
        query.put(parts[0], List.of(parts.length > 1 ? parts[1] : ""));
      }
    }
    Map<String, List<String>> all = new LinkedHashMap<>();
    headers.forEach((name, value) -> all.put(name, List.of(value)));
    RequestHead head = new RequestHead(method, path, query, all);
    for (Route route : routes) {
      Matcher matcher = pattern(route.path()).matcher(path);
      if (route.method().equals(method) && matcher.matches()) {
        try {
          return route.handler().handle(new Sent(head, matcher, body));
        } catch (IOException | InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
    throw new AssertionError("no route for " + method + " " + path);
  }

  private static Pattern pattern(String template) {
    return Pattern.compile(
        template
            .replaceAll("\\{(\\w+)\\*\\*}", "(?<$1>.+)")
            .replaceAll("\\{(\\w+)}", "(?<$1>[^/]+)"));
  }

  private final class Sent implements Request {
    private final RequestHead head;
    private final Matcher matcher;
    private final byte[] body;

    Sent(RequestHead head, Matcher matcher, byte[] body) {
      this.head = head;
      this.matcher = matcher;
      this.body = body;
    }

    @Override
    public RequestHead head() {
      return head;
    }

    @Override
    public String parameter(String name) {
      return matcher.group(name);
    }

    @Override
    public Caller caller() {
      Principal key = new Principal(Principal.Kind.KEY, "testing");
      return new Caller(key, workspace, Set.of(Route.Scope.values()));
    }

    @Override
    public String id() {
      return "req_1";
    }

    @Override
    public ObjectNode json() {
      return body.length == 0 ? Json.object() : Json.read(body, ObjectNode.class);
    }

    @Override
    public JsonNode anyJson() {
      return Json.read(body, JsonNode.class);
    }

    @Override
    public byte[] bytes() {
      return body.clone();
    }

    @Override
    public InputStream stream() {
      return new ByteArrayInputStream(body);
    }

    @Override
    public List<Part> multipart() {
      return List.of();
    }

    @Override
    public boolean gone() {
      return gone;
    }
  }
}
