package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The Managed Agents API over plain HTTP, of a server whose address may change. */
final class SessionClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final long AGAIN_NANOS = Duration.ofMillis(50).toNanos();

  /** Any number of streams at once: each has a connection of its own. */
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Supplier<String> url;

  SessionClient(Supplier<String> url) {
    this.url = url;
  }

  /** A server that was started, or one that will be. */
  static SessionClient of(ServerUnderTest server) {
    return new SessionClient(server::url);
  }

  static ObjectNode message(String text) {
    ObjectNode message = Json.object().put("type", "user.message");
    message.putArray("content").addObject().put("type", "text").put("text", text);
    return message;
  }

  static ObjectNode allow(String call) {
    return Json.object()
        .put("type", "user.tool_confirmation")
        .put("tool_use_id", call)
        .put("result", "allow");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url.get() + path))
        .header("x-api-key", ServerUnderTest.KEY)
        .header("anthropic-version", "2023-06-01");
  }

  HttpResponse<String> send(String method, String path, Optional<JsonNode> body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(path)
            .timeout(TIMEOUT)
            .header("content-type", "application/json")
            .method(
                method,
                body.map(node -> HttpRequest.BodyPublishers.ofString(Json.write(node)))
                    .orElseGet(HttpRequest.BodyPublishers::noBody));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return succeeded(send("GET", path, Optional.empty()));
  }

  JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
    return succeeded(send("POST", path, Optional.of(body)));
  }

  private static JsonNode succeeded(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.tree(answer.body());
  }

  /** The id of a new agent with a vendor's toolset; {@code more} is put beside. */
  String agent(String name, String model, Map<String, ? extends JsonNode> more)
      throws IOException, InterruptedException {
    ObjectNode agent = Json.object().put("name", name).put("model", model);
    agent.putArray("tools").addObject().put("type", "agent_toolset_20260401");
    agent.setAll(more);
    return post("/v1/agents", agent).path("id").asText();
  }

  String environment() throws IOException, InterruptedException {
    return post("/v1/environments", Json.object().put("name", "place")).path("id").asText();
  }

  String session(String agent, String environment) throws IOException, InterruptedException {
    ObjectNode session = Json.object().put("agent", agent).put("environment_id", environment);
    return post("/v1/sessions", session).path("id").asText();
  }

  /** Sends one event and returns its id. */
  String send(String session, ObjectNode event) throws IOException, InterruptedException {
    JsonNode answer = post("/v1/sessions/" + session + "/events", events(event));
    return answer.path("data").path(0).path("id").asText();
  }

  /** As {@link #send(String, ObjectNode)}, however often the server is gone meanwhile. */
  String sendUntilTaken(String session, ObjectNode event, String key) throws InterruptedException {
    while (true) {
      try {
        HttpResponse<String> answer =
            send(
                "POST",
                "/v1/sessions/" + session + "/events",
                Optional.of(events(event)),
                "idempotency-key",
                key);
        if (answer.statusCode() < 500) {
          return succeeded(answer).path("data").path(0).path("id").asText();
        }
      } catch (IOException gone) {
        LockSupport.parkNanos(AGAIN_NANOS);
      }
    }
  }

  static ObjectNode events(ObjectNode event) {
    ObjectNode body = Json.object();
    body.putArray("events").add(event);
    return body;
  }

  /** Everything a list has, page after page. */
  List<JsonNode> all(String path) throws IOException, InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    String page = "";
    do {
      JsonNode answer = get(path + (page.isEmpty() ? "?limit=100" : "?limit=100&page=" + page));
      ((ArrayNode) answer.path("data")).forEach(all::add);
      page = answer.path("next_page").asText("");
    } while (!page.isEmpty());
    return all;
  }

  /** The lines of a session's event stream. */
  Stream<String> stream(String session, Optional<String> after)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request("/v1/sessions/" + session + "/events/stream");
    after.ifPresent(id -> request.header("last-event-id", id));
    HttpResponse<Stream<String>> answer = http.send(request.build(), BodyHandlers.ofLines());
    if (answer.statusCode() != 200) {
      answer.body().close();
      throw new IOException("the stream was answered with " + answer.statusCode());
    }
    return answer.body();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
