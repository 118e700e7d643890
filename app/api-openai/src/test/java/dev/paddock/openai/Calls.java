package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/** Requests to a server under test. */
final class Calls {
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI url;

  Calls(URI url) {
    this.url = url;
  }

  /** A status and a body. */
  record Answer(int status, JsonNode body, HttpResponse<String> http) {
    String code() {
      return body.path("error").path("code").asText();
    }

    String param() {
      return body.path("error").path("param").asText();
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .header("authorization", "Bearer " + TestingServer.KEY)
        .header("content-type", "application/json");
  }

  Answer send(String method, String path, String body) throws IOException, InterruptedException {
    HttpRequest request =
        request(path).method(method, HttpRequest.BodyPublishers.ofString(body)).build();
    HttpResponse<String> http = client.send(request, BodyHandlers.ofString());
    String text = http.body();
    return new Answer(
        http.statusCode(), text.startsWith("{") ? Json.tree(text) : Json.object(), http);
  }

  Answer get(String path) throws IOException, InterruptedException {
    return send("GET", path, "");
  }

  Answer post(String path, JsonNode body) throws IOException, InterruptedException {
    return send("POST", path, Json.write(body));
  }

  /** The data of a whole stream's events. */
  List<String> stream(String path, ObjectNode body) throws IOException, InterruptedException {
    return events(post(path, body).http().body());
  }

  static List<String> events(String text) {
    List<String> out = new ArrayList<>();
    text.lines()
        .filter(line -> line.startsWith("data: "))
        .forEach(line -> out.add(line.substring("data: ".length())));
    return out;
  }

  static ObjectNode json(String text) {
    return Json.read(text.replace('\'', '"'), ObjectNode.class);
  }
}
