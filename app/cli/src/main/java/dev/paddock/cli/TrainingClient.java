package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Calls a server as programs do. */
final class TrainingClient {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient http;
  private final String address;
  private final String key;

  TrainingClient(HttpClient http, String address, String key) {
    this.http = http;
    this.address = address;
    this.key = key;
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return send(to(path).GET());
  }

  JsonNode post(String path, ObjectNode body) throws IOException, InterruptedException {
    return send(to(path).POST(BodyPublishers.ofString(Json.write(body))));
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    String body = http.send(request.build(), BodyHandlers.ofString()).body();
    return body.startsWith("{") ? Json.tree(body) : Json.object();
  }

  /** Has an agent work and follows it until it is idle. */
  void session(String model) throws IOException, InterruptedException {
    ObjectNode agent = Json.object().put("name", "training").put("model", model);
    agent.putArray("tools").addObject().put("type", "agent_toolset_20260401");
    ObjectNode session =
        Json.object()
            .put("agent", post("/v1/agents", agent).path("id").asText())
            .put(
                "environment_id",
                post("/v1/environments", Json.object().put("name", "training"))
                    .path("id")
                    .asText());
    String events = "/v1/sessions/" + post("/v1/sessions", session).path("id").asText() + "/events";
    try (InputStream stream =
            http.send(to(events + "/stream").GET().build(), BodyHandlers.ofInputStream()).body();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      ObjectNode body = Json.object();
      ObjectNode message = body.putArray("events").addObject().put("type", "user.message");
      message.putArray("content").addObject().put("type", "text").put("text", "Begin.");
      post(events, body);
      String line = lines.readLine();
      while (line != null && !line.contains("session.status_idle")) {
        line = lines.readLine();
      }
    }
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(address + path))
        .version(HttpClient.Version.HTTP_1_1)
        .timeout(PATIENCE)
        .header("content-type", "application/json")
        .header("anthropic-version", "2023-06-01")
        .header("x-api-key", key);
  }
}
