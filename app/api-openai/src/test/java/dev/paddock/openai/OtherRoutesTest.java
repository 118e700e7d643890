package dev.paddock.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.server.TestingModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class OtherRoutesTest {
  @TempDir Path home;
  private final TestingModel model = new TestingModel(request -> Scripts.text("Hello"));
  private TestingServer server;
  private Calls calls;

  @BeforeEach
  void start() {
    server = new TestingServer(home, model);
    calls = new Calls(server.url());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void modelsAreFoundBySlashesInBothForms() throws Exception {
    assertThat(calls.get("/v1/models").body().path("data"))
        .extracting(item -> item.path("id").asText())
        .containsExactly("gpt-mapped", "test/one", "test/two/three");
    for (String path : List.of("test/two/three", "test%2Ftwo%2Fthree", "gpt-mapped")) {
      JsonNode found = calls.get("/v1/models/" + path).body();
      assertThat(found.path("id").asText()).isEqualTo(path.replace("%2F", "/"));
      assertThat(found.path("owned_by").asText()).isEqualTo("test");
    }
    assertThat(calls.get("/v1/models/test/four").code()).isEqualTo("model_not_found");
    assertThat(calls.send("DELETE", "/v1/models/test/one", "").status()).isEqualTo(403);
  }

  @Test
  void embeddingsComeAsNumbersOrAsBytes() throws Exception {
    ObjectNode body = Calls.json("{'model': 'test/one', 'input': ['abc', 'a']}");
    JsonNode plain = calls.post("/v1/embeddings", body).body();
    assertThat(plain.at("/data/1/embedding").toString()).isEqualTo("[1.0,0.1]");
    String text =
        calls
            .post("/v1/embeddings", body.put("encoding_format", "base64"))
            .body()
            .at("/data/0/embedding")
            .asText();
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.getFloat()).isEqualTo(3f);
    assertThat(bytes.getFloat()).isEqualTo(0.1f);
    for (String input : List.of("[]", "''", "[1, 2]", "[[1]]", "{}", "['a', '']")) {
      Calls.Answer refused =
          calls.post("/v1/embeddings", Calls.json("{'model': 'test/one', 'input': " + input + "}"));
      assertThat(refused.status()).as(input).isEqualTo(400);
      assertThat(refused.param()).isEqualTo("input");
    }
  }

  private Calls.Answer upload(String name, String fields) throws Exception {
    String form =
        fields
            + "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\""
            + name
            + "\"\r\ncontent-type: text/csv\r\n\r\na,b\r\n--b--\r\n";
    var request =
        java.net.http.HttpRequest.newBuilder(java.net.URI.create(server.url() + "/v1/files"))
            .header("authorization", "Bearer " + TestingServer.KEY)
            .header("content-type", "multipart/form-data; boundary=b")
            .POST(java.net.http.HttpRequest.BodyPublishers.ofString(form))
            .build();
    try (var client = java.net.http.HttpClient.newHttpClient()) {
      var http = client.send(request, java.net.http.HttpResponse.BodyHandlers.ofString());
      return new Calls.Answer(http.statusCode(), Json.tree(http.body()), http);
    }
  }

  private static String field(String name, String value) {
    return "--b\r\ncontent-disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
        .formatted(name, value);
  }

  @Test
  void aFileOutlivesARestartAndKeepsNoPath() throws Exception {
    JsonNode made = upload("../../etc/passwd", field("purpose", "user_data")).body();
    assertThat(made.path("filename").asText()).isEqualTo("passwd");
    server.close();
    start();
    String path = "/v1/files/" + made.path("id").asText();
    assertThat(calls.get(path).body()).isEqualTo(made);
    assertThat(calls.get(path + "/content").http().body()).isEqualTo("a,b");
    assertThat(calls.get("/v1/files?purpose=batch").body().path("data")).isEmpty();
    assertThat(calls.send("DELETE", path, "").body().path("deleted").asBoolean()).isTrue();
    assertThat(calls.get(path + "/content").status()).isEqualTo(404);
  }

  @Test
  void aBadUploadIsRefused() throws Exception {
    assertThat(upload("a", "").param()).isEqualTo("purpose");
    assertThat(upload("a", field("purpose", "fun")).param()).isEqualTo("purpose");
    assertThat(upload("a", field("purpose", "vision") + field("colour", "red")).code())
        .isEqualTo("unknown_parameter");
    String ever = field("purpose", "vision") + field("expires_after[anchor]", "created_at");
    assertThat(upload("a", ever + field("expires_after[seconds]", "1")).param())
        .isEqualTo("expires_after.seconds");
    assertThat(calls.get("/v1/files").body().path("data")).isEmpty();
  }

  @Test
  void anotherVendorsClientIsNotAnswered() {
    OpenAiDialect dialect = new OpenAiDialect();
    var plain =
        new dev.paddock.server.spi.RequestHead(
            "GET", "/v1/models", java.util.Map.of(), java.util.Map.of());
    var theirs =
        new dev.paddock.server.spi.RequestHead(
            "GET",
            "/v1/models",
            java.util.Map.of(),
            java.util.Map.of("anthropic-version", List.of("2026-10-21")));
    assertThat(dialect.claims(plain)).isTrue();
    assertThat(dialect.claims(theirs)).isFalse();
  }

  @Test
  void whatIsNotOfferedSaysSo() throws Exception {
    Calls.Answer answer = calls.get("/v1/vector_stores/vs_1/files");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body().at("/error/message").asText()).contains("Vector stores");
    assertThat(answer.http().headers().firstValue("x-should-retry")).contains("false");
  }

  /** Every field in turn becomes something else; nothing may fail with 5xx. */
  @Test
  void noBodyMakesTheServerFail() throws Exception {
    Random random = new Random(42);
    List<String> junk =
        List.of(
            "null",
            "7",
            "-1",
            "1e400",
            "true",
            "''",
            "'x'",
            "[]",
            "[null]",
            "[[]]",
            "{}",
            "{'type': 'x'}",
            "['\\u0000']",
            "[{'type': 'text'}]",
            "'\\ud800'",
            "99999999999999999999");
    List<ObjectNode> seeds =
        List.of(
            Calls.json(
                "{'model': 'test/one', 'messages': [{'role': 'user', 'content': [{'type': 'text', 'text': 'a'}]},"
                    + " {'role': 'assistant', 'content': 'b', 'tool_calls': [{'id': 'c', 'type': 'function',"
                    + " 'function': {'name': 'f', 'arguments': '{}'}, 'extra_content': {'paddock': {'provider': 'test', 'state': {}}}}]},"
                    + " {'role': 'tool', 'tool_call_id': 'c', 'content': 'd'}], 'tools': [{'type': 'function', 'function':"
                    + " {'name': 'f', 'parameters': {'type': 'object'}}}], 'tool_choice': 'auto', 'stop': 'a',"
                    + " 'response_format': {'type': 'json_schema', 'json_schema': {'name': 'a', 'schema': {}}},"
                    + " 'metadata': {'a': 'b'}, 'store': true, 'stream': false, 'n': 1}"),
            Calls.json(
                "{'model': 'test/one', 'input': [{'role': 'user', 'content': [{'type': 'input_text', 'text': 'a'}]},"
                    + " {'type': 'reasoning', 'summary': [{'type': 'summary_text', 'text': 'x'}]},"
                    + " {'type': 'function_call', 'call_id': 'c', 'name': 'f', 'arguments': '{}'},"
                    + " {'type': 'function_call_output', 'call_id': 'c', 'output': 'd'}], 'text': {'format': {'type': 'text'}},"
                    + " 'reasoning': {'effort': 'low'}, 'include': ['reasoning.encrypted_content'], 'metadata': {'a': 'b'},"
                    + " 'tools': [{'type': 'function', 'name': 'f', 'parameters': {'type': 'object'}}]}"),
            Calls.json("{'model': 'test/one', 'input': ['a'], 'dimensions': 3}"));
    List<String> paths = List.of("/v1/chat/completions", "/v1/responses", "/v1/embeddings");
    for (int i = 0; i < 300; i++) {
      int which = i % 3;
      ObjectNode body = seeds.get(which).deepCopy();
      mutate(body, random, junk);
      Calls.Answer answer = calls.post(paths.get(which), body);
      assertThat(answer.status()).as(body + " → " + answer.http().body()).isLessThan(500);
    }
    byte[] invalid = "{\"model\": \"\u00ff\"".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(
            calls
                .send("POST", "/v1/responses", new String(invalid, StandardCharsets.ISO_8859_1))
                .status())
        .isEqualTo(400);
  }

  private static void mutate(JsonNode node, Random random, List<String> junk) {
    if (node instanceof ObjectNode object && !object.isEmpty()) {
      List<String> names = new java.util.ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.get(random.nextInt(names.size()));
      JsonNode child = object.get(name);
      if (child.isContainerNode() && !child.isEmpty() && random.nextInt(3) > 0) {
        mutate(child, random, junk);
      } else {
        String text = junk.get(random.nextInt(junk.size()));
        object.set(name, Calls.json("{'x': " + text + "}").get("x"));
      }
    } else if (node.isArray() && !node.isEmpty()) {
      mutate(node.get(random.nextInt(node.size())), random, junk);
    }
  }
}
