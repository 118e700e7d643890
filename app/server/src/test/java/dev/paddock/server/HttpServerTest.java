package dev.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.Route.Scope;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpServerTest {
  @TempDir Path folder;
  private TestingServer server;

  @BeforeEach
  void start() {
    server = new TestingServer(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aRouteGetsItsParameterQueryAndCaller() {
    HttpResponse<String> answer = server.get("/v1/things/a%20b?q=x+%C3%A9&q=second");
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode body = Json.tree(answer.body());
    assertThat(body.path("id").asText()).isEqualTo("a b");
    assertThat(body.path("q").asText()).isEqualTo("x é");
    assertThat(body.path("caller").asText()).isEqualTo("admin");
    String id = answer.headers().firstValue("request-id").orElseThrow();
    assertThat(id).startsWith("req_");
    assertThat(answer.headers().firstValue("x-request-id")).contains(id);
  }

  @Test
  void anEncodedSlashStaysWithinItsSegment() {
    JsonNode body = Json.tree(server.get("/v1/things/openai%2Fgpt-x").body());
    assertThat(body.path("id").asText()).isEqualTo("openai/gpt-x");
    assertThat(body.path("path").asText()).isEqualTo("/v1/things/openai%2Fgpt-x");
    assertThat(Json.tree(server.get("/v1/rest/a/b%2Fc").body()).path("path").asText())
        .isEqualTo("/v1/rest/a/b%2Fc");
  }

  @Test
  void everyPlaceOfAKeyIsRead() {
    HttpRequest.Builder none = HttpRequest.newBuilder(server.url("/v1/things/x"));
    assertThat(server.send(none).statusCode()).isEqualTo(401);
    for (String header : new String[] {"x-api-key", "x-goog-api-key"}) {
      HttpRequest.Builder request = HttpRequest.newBuilder(server.url("/v1/things/x"));
      assertThat(server.send(request.header(header, TestingServer.KEY)).statusCode())
          .as(header)
          .isEqualTo(200);
    }
    assertThat(
            server
                .send(
                    HttpRequest.newBuilder(server.url("/v1/things/x"))
                        .header("authorization", "bearer " + TestingServer.KEY))
                .statusCode())
        .isEqualTo(200);
    assertThat(
            server
                .send(HttpRequest.newBuilder(server.url("/v1/things/x?key=" + TestingServer.KEY)))
                .statusCode())
        .isEqualTo(200);
    HttpResponse<String> wrong =
        server.send(HttpRequest.newBuilder(server.url("/v1/things/x")).header("x-api-key", "no"));
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.body()).contains("UNAUTHENTICATED").doesNotContain(TestingServer.KEY);
  }

  @Test
  void aKeyMayDoWhatItsScopeSaysUntilItIsRevoked() {
    ApiKeys.Created reader = server.keys.create("reader", Scope.READ);
    assertThat(as(reader, "GET", "/v1/things/x")).isEqualTo(200);
    assertThat(as(reader, "POST", "/v1/echo")).isEqualTo(403);
    assertThat(as(reader, "GET", "/v1/admin")).isEqualTo(403);
    ApiKeys.Created writer = server.keys.create("writer", Scope.WRITE);
    assertThat(as(writer, "GET", "/v1/things/x")).isEqualTo(200);
    assertThat(as(writer, "POST", "/v1/echo")).isEqualTo(200);
    assertThat(as(writer, "GET", "/v1/admin")).isEqualTo(403);
    ApiKeys.Created admin = server.keys.create("admin", Scope.ADMIN);
    assertThat(as(admin, "GET", "/v1/admin")).isEqualTo(200);

    assertThat(server.keys.revoke(reader.known().id())).isTrue();
    assertThat(as(reader, "GET", "/v1/things/x")).isEqualTo(401);
    assertThat(server.keys.list())
        .extracting(ApiKeys.Known::name)
        .containsExactly("admin", "writer");
  }

  private int as(ApiKeys.Created key, String method, String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.url(path)).header("x-api-key", key.key());
    return server.send(request.method(method, BodyPublishers.noBody())).statusCode();
  }

  @Test
  void whatIsNotThereIsSaidInTheDialectsShape() {
    HttpResponse<String> unknown = server.get("/v1/nothing");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(Json.tree(unknown.body()).path("code").asText()).isEqualTo("NOT_FOUND");
    HttpResponse<String> missing = server.post("/v1/tunnels/t1/certificates", "{}");
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.body()).contains("tunnels");
    assertThat(missing.headers().firstValue("x-should-retry")).contains("false");
    assertThat(Json.tree(server.get("/elsewhere").body()).path("error").path("type").asText())
        .isEqualTo("not_found");
  }

  @Test
  void aWrongMethodNamesTheRightOnes() {
    HttpResponse<String> answer =
        server.send(server.to("/v1/things/x").PUT(BodyPublishers.noBody()));
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).contains("DELETE, GET, HEAD, OPTIONS");
    HttpResponse<String> options =
        server.send(
            HttpRequest.newBuilder(server.url("/v1/things/x"))
                .method("OPTIONS", BodyPublishers.noBody()));
    assertThat(options.statusCode()).isEqualTo(204);
    assertThat(options.headers().firstValue("allow")).contains("DELETE, GET, HEAD, OPTIONS");
  }

  @Test
  void headHasTheHeadersOfGetAndNoBody() {
    HttpResponse<String> get = server.get("/v1/bytes");
    HttpResponse<String> head =
        server.send(server.to("/v1/bytes").method("HEAD", BodyPublishers.noBody()));
    assertThat(get.body()).isEqualTo("some bytes");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("content-length")).contains("10");
    assertThat(server.send(server.to("/v1/events").method("HEAD", BodyPublishers.noBody())).body())
        .isEmpty();
  }

  @Test
  void aFailureOfOursTellsTheClientNothingAndTheLogAll() {
    HttpResponse<String> answer = server.get("/v1/broken");
    assertThat(answer.statusCode()).isEqualTo(500);
    String id = answer.headers().firstValue("request-id").orElseThrow();
    assertThat(answer.body()).contains(id).doesNotContain("hunter2").doesNotContain("dev.paddock");
    server.close();
    assertThat(server.logged()).contains(id).contains("hunter2");
    start();
  }

  @Test
  void theLogHoldsNoKeysAndNoQuery() {
    server.get("/v1/things/x?key=" + TestingServer.KEY + "&q=private");
    server.post("/v1/echo", "{\"private\":1}");
    server.close();
    assertThat(server.logged())
        .contains("\"route\":\"/v1/things/{id}\"")
        .doesNotContain(TestingServer.KEY)
        .doesNotContain("private");
    start();
  }

  @Test
  void healthNeedsNoKeyAndCountsAreBounded() {
    assertThat(server.send(HttpRequest.newBuilder(server.url("/healthz"))).statusCode())
        .isEqualTo(200);
    assertThat(server.send(HttpRequest.newBuilder(server.url("/readyz"))).body()).contains("ready");
    server.get("/v1/things/one");
    server.get("/v1/things/two");
    server.get("/made-up");
    String text = server.send(HttpRequest.newBuilder(server.url("/metrics"))).body();
    assertThat(text)
        .contains(
            "paddock_requests_total{route=\"/v1/things/{id}\",method=\"GET\",status=\"200\"} 2\n")
        .contains("paddock_requests_total{route=\"unmatched\",method=\"GET\",status=\"404\"} 1\n")
        .contains("paddock_request_seconds_bucket{route=\"/v1/things/{id}\",le=\"+Inf\"} 2\n")
        .contains("jvm_memory_used_bytes{area=\"heap\"}")
        .doesNotContain("made-up");
  }

  @Test
  void countsNeedAKeyWhenAForeignSiteMayAsk() throws Exception {
    String answer =
        server.raw("GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 401");
  }

  @Test
  void bothHttp2AndHttp1AreSpoken() throws Exception {
    try (java.net.http.HttpClient client =
        java.net.http.HttpClient.newBuilder()
            .version(java.net.http.HttpClient.Version.HTTP_2)
            .build()) {
      HttpResponse<String> answer =
          client.send(server.to("/v1/things/x").build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.version()).isEqualTo(java.net.http.HttpClient.Version.HTTP_2);
      assertThat(answer.statusCode()).isEqualTo(200);
    }
  }
}
