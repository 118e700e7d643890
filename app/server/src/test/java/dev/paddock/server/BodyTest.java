package dev.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import dev.paddock.core.Sha256;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies are hostile. */
class BodyTest {
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

  private void refused(String json, String why) {
    HttpResponse<String> answer = server.post("/v1/echo", json);
    assertThat(answer.statusCode()).as(json).isEqualTo(400);
    assertThat(Json.tree(answer.body()).path("message").asText()).contains(why);
  }

  @Test
  void jsonThatIsNotIsRefusedWithItsPlace() {
    refused("{\"a\": 1, \"a\": 2}", "line 1, column 13: Duplicate");
    refused("{\"a\":\n\n  oops}", "line 3");
    refused("{} {}", "invalid JSON");
    refused("[".repeat(1000) + "]".repeat(1000), "nesting");
    refused("{\"a\": \"\\ud800\"}", "surrogate");
    refused("{\"\\udc00\": 1}", "surrogate");
    refused("[" + "1,".repeat(2_100_000) + "1]", "oken count");
    refused("{\"a\": " + "9".repeat(1000) + "}", "umber");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] bytes = "{\"a\":\"?\"}".getBytes(StandardCharsets.US_ASCII);
    bytes[6] = (byte) 0xff;
    HttpResponse<String> answer =
        server.send(
            server
                .to("/v1/echo")
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofByteArray(bytes)));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("not UTF-8 at byte 6");
    HttpResponse<String> wide =
        server.send(
            server
                .to("/v1/echo")
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString("{\"a\":1}", StandardCharsets.UTF_16BE)));
    assertThat(wide.statusCode()).isEqualTo(400);
  }

  @Test
  void onlyAnObjectIsAnObjectAndNoBodyIsAnEmptyOne() {
    assertThat(server.post("/v1/small", "[1]").statusCode()).isEqualTo(400);
    assertThat(server.post("/v1/small", "").body()).isEqualTo("{}");
    assertThat(Json.tree(server.post("/v1/small", "{\"a\":\"😀\"}").body()).path("a").asText())
        .isEqualTo("😀");
  }

  @Test
  void anotherContentTypeIsRefused() {
    HttpResponse<String> answer =
        server.send(
            server
                .to("/v1/echo")
                .header("content-type", "text/xml")
                .POST(BodyPublishers.ofString("<a/>")));
    assertThat(answer.statusCode()).isEqualTo(415);
  }

  @Test
  void tooLargeIsRefusedDeclaredOrNot() {
    assertThat(server.post("/v1/small", "{\"a\":\"" + "x".repeat(900) + "\"}").statusCode())
        .isEqualTo(200);
    String large = "{\"a\":\"" + "x".repeat(2_000_000) + "\"}";
    assertThat(server.post("/v1/small", large).statusCode()).isEqualTo(413);
    HttpResponse<String> chunked =
        server.send(
            server
                .to("/v1/small")
                .header("content-type", "application/json")
                .POST(
                    BodyPublishers.ofInputStream(
                        () ->
                            new java.io.ByteArrayInputStream(
                                large.getBytes(StandardCharsets.UTF_8)))));
    assertThat(chunked.statusCode()).isEqualTo(413);
    assertThat(server.post("/v1/small", "{}").statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> form(byte[] body, String boundary) {
    return server.send(
        server
            .to("/v1/form")
            .header("content-type", "multipart/form-data; boundary=" + boundary)
            .POST(BodyPublishers.ofByteArray(body)));
  }

  @Test
  void aFormsFilesAreStoredAndItsFieldsRead() {
    Random random = new Random(6);
    for (int size : new int[] {0, 1, 3, 65_530, 65_536, 300_000}) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      // Pieces of a boundary within the content are content.
      byte[] almost = "\r\n--bounda".getBytes(StandardCharsets.US_ASCII);
      for (int at = 0; at + almost.length < size; at += 5000) {
        System.arraycopy(almost, 0, content, at, almost.length);
      }
      byte[] head =
          ("--boundary\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nassistants"
                  + "\r\n--boundary\r\nContent-Disposition: form-data; name=\"files[]\";"
                  + " filename=\"a \\\"b\\\" é.bin\"\r\nContent-Type: application/x\r\n\r\n")
              .getBytes(StandardCharsets.UTF_8);
      byte[] tail = "\r\n--boundary--\r\n".getBytes(StandardCharsets.US_ASCII);
      byte[] body = Arrays.copyOf(head, head.length + size + tail.length);
      System.arraycopy(content, 0, body, head.length, size);
      System.arraycopy(tail, 0, body, head.length + size, tail.length);

      JsonNode parts = Json.tree(form(body, "boundary").body());

      assertThat(parts.size()).isEqualTo(2);
      assertThat(parts.path(0).path("text").asText()).isEqualTo("assistants");
      assertThat(parts.path(1).path("name").asText()).isEqualTo("files[]");
      assertThat(parts.path(1).path("file").asText()).isEqualTo("a \"b\" é.bin");
      assertThat(parts.path(1).path("size").asInt()).isEqualTo(size);
      assertThat(parts.path(1).path("sha256").asText()).isEqualTo(Sha256.hex(content));
    }
  }

  @Test
  void malformedFormsAreRefused() {
    String part = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx";
    for (String body :
        new String[] {
          "",
          "no boundary at all",
          "--b",
          "--bx\r\n\r\n",
          part,
          part + "\r\n--b",
          part + "\r\n--bgarbage\r\n",
          "--b\r\n\r\nno name\r\n--b--",
          "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
          "--b\r\nNoColon\r\n\r\nx\r\n--b--",
          "x".repeat(200_000),
        }) {
      HttpResponse<String> answer = form(body.getBytes(StandardCharsets.UTF_8), "b");
      assertThat(answer.statusCode()).as(body.length() > 80 ? "long" : body).isEqualTo(400);
    }
    String field =
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + "x".repeat(2 << 20);
    assertThat(form((field + "\r\n--b--").getBytes(StandardCharsets.UTF_8), "b").statusCode())
        .isEqualTo(413);
    String headers = "--b\r\nX: " + "y".repeat(10_000) + "\r\n\r\n\r\n--b--";
    assertThat(form(headers.getBytes(StandardCharsets.UTF_8), "b").statusCode()).isEqualTo(413);
    assertThat(
            form((part + "\r\n").repeat(1100).getBytes(StandardCharsets.UTF_8), "b").statusCode())
        .isEqualTo(413);
    assertThat(server.post("/v1/form", "{}").statusCode()).isEqualTo(415);
  }
}
