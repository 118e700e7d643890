package dev.paddock.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.provider.Models;
import dev.paddock.server.TestingModel;
import dev.paddock.server.TestingPlatform;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Problem;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The dialect on a store of its own, called without HTTP. */
final class TestingApi implements AutoCloseable {
  private static final Set<String> KINDS =
      Set.of(
          "agent",
          "agent_version",
          "environment",
          "skill",
          "skill_version",
          "vault",
          "credential",
          "memory_store",
          "memory",
          "memory_version",
          "file",
          "repository_token");

  final TestingPlatform platform;
  private final AnthropicDialect dialect = new AnthropicDialect();
  private final List<Route> routes;
  private Caller caller = caller("wrkspc_default");

  /** What was answered; {@code body} is missing where it is none of JSON. */
  record Answer(int status, JsonNode body, Reply reply) {
    String type() {
      return body.path("error").path("type").asText();
    }

    String message() {
      return body.path("error").path("message").asText();
    }
  }

  TestingApi(Path home) {
    platform = platform(home);
    routes = ManagedAgents.routes(platform);
  }

  static TestingPlatform platform(Path home) {
    return new TestingPlatform(
        home, new Models(List.of(TestingModel.unasked()), Map.of()), Optional.empty());
  }

  List<Route> routes() {
    return routes;
  }

  private static Caller caller(String workspace) {
    return new Caller(
        new Principal(Principal.Kind.KEY, "apikey_test"),
        new WorkspaceId(workspace),
        EnumSet.allOf(Route.Scope.class));
  }

  /** From here on calls come from this workspace. */
  void workspace(String id) {
    caller = caller(id);
  }

  JsonNode get(String path) {
    return ok(call("GET", path, ""));
  }

  JsonNode post(String path, String body) {
    return ok(call("POST", path, body));
  }

  JsonNode delete(String path) {
    return ok(call("DELETE", path, ""));
  }

  private static JsonNode ok(Answer answer) {
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    return answer.body();
  }

  Answer call(String method, String path, String body) {
    return call(method, path, body, List.of(), Map.of());
  }

  Answer upload(String path, Request.Part... parts) {
    return call("POST", path, "", List.of(parts), Map.of());
  }

  /** A part with a file, stored as the server stores it. */
  Request.Part file(String name, String fileName, byte[] content) {
    return new Request.Part(
        name,
        Optional.of(fileName),
        Optional.of("text/plain"),
        Optional.of(platform.blobs().put(content)),
        content.length,
        Optional.empty());
  }

  Answer call(
      String method,
      String pathAndQuery,
      String body,
      List<Request.Part> parts,
      Map<String, List<String>> headers) {
    TestingRequest request = TestingRequest.of(method, pathAndQuery, body, parts, headers, caller);
    Route route =
        routes.stream()
            .filter(one -> one.method().equals(method))
            .filter(one -> parameters(one.path(), request.head().path()).isPresent())
            .findFirst()
            .orElseThrow(() -> new AssertionError("no route " + method + " " + pathAndQuery));
    try {
      Reply reply =
          route
              .handler()
              .handle(request.with(parameters(route.path(), request.head().path()).orElseThrow()));
      JsonNode answered =
          reply instanceof Reply.Json json ? json.body() : MissingNode.getInstance();
      return new Answer(reply.status(), answered, reply);
    } catch (PaddockException e) {
      return refused(e);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Answer refused(PaddockException e) {
    Optional<String> code =
        e instanceof ServerException server ? server.detailCode() : Optional.empty();
    int status =
        switch (e.code()) {
          case INVALID_REQUEST -> 400;
          case NOT_FOUND -> 404;
          case CONFLICT -> 409;
          case LIMIT_EXCEEDED -> 413;
          default -> throw new AssertionError("a failure of ours", e);
        };
    Reply.Json error =
        dialect.error(
            new Problem(status, e.code(), e.getMessage(), Optional.empty(), code, Optional.empty()),
            "req_1");
    return new Answer(status, error.body(), error);
  }

  private static Optional<Map<String, String>> parameters(String template, String path) {
    String[] wanted = template.split("/", -1);
    String[] given = path.split("/", -1);
    if (wanted.length != given.length) {
      return Optional.empty();
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].startsWith("{")) {
        parameters.put(wanted[i].substring(1, wanted[i].length() - 1), given[i]);
      } else if (!wanted[i].equals(given[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(parameters);
  }

  /** Appends as the loop does. */
  void loop(String session, SessionEvent... events) {
    platform.append(new SessionId(session), events);
  }

  String agent() {
    return agent("");
  }

  String agent(String more) {
    return post("/v1/agents", "{\"name\": \"a\", \"model\": \"test/one\"%s}".formatted(more))
        .path("id")
        .asText();
  }

  /** A session of an agent with the usual tools. */
  String session() {
    return session(agent(", \"tools\": [{\"type\": \"agent_toolset_20260401\"}]"), "");
  }

  String session(String agent, String more) {
    String environment = post("/v1/environments", "{\"name\": \"e\"}").path("id").asText();
    return post(
            "/v1/sessions",
            "{\"agent\": \"%s\", \"environment_id\": \"%s\"%s}".formatted(agent, environment, more))
        .path("id")
        .asText();
  }

  /** Everything that is stored, to see that nothing was. */
  ObjectNode stored() {
    ObjectNode all = Json.object();
    for (String kind : KINDS) {
      all.put(
          kind, platform.resources().list(kind, Optional.empty(), Optional.empty(), 500).size());
    }
    return all.put("sessions", platform.sessions().list(SessionFilter.newest(500)).toString());
  }

  @Override
  public void close() {
    platform.close();
  }
}
