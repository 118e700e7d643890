package dev.paddock.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import dev.paddock.server.TestingPlatform;
import dev.paddock.server.spi.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesTest {
  @TempDir Path folder;
  private TestingPlatform platform;
  private TestingApi api;
  private String files;

  @BeforeEach
  void open() {
    platform = TestingApi.platform(folder);
    api = new TestingApi(platform);
    files =
        "/v1beta/environments/%s/files/"
            .formatted(api.post("/v1beta/environments", "{}").path("id").asText());
  }

  @AfterEach
  void close() {
    platform.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String begin(String path, Map<String, String> more) {
    Map<String, String> headers = new HashMap<>(more);
    headers.put("host", "agents.example");
    headers.put("x-goog-upload-protocol", "resumable");
    headers.put("x-goog-upload-command", "start");
    Reply reply = api.call("PUT", "/upload" + files + path, headers, new byte[0]);
    String url = reply.headers().getOrDefault("x-goog-upload-url", "");
    assertThat(url).startsWith("http://agents.example/upload/v1beta/environments/");
    return url.substring("http://agents.example".length());
  }

  private Reply send(String url, String command, long offset, String text) {
    return api.call(
        "POST",
        url,
        Map.of("x-goog-upload-command", command, "x-goog-upload-offset", Long.toString(offset)),
        bytes(text));
  }

  private String download(String path) throws IOException {
    Reply.Bytes reply =
        (Reply.Bytes) api.call("GET", files + path + "?alt=media", Map.of(), new byte[0]);
    try (var body = reply.body()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void refused(ErrorCode code, Runnable request, String... words) {
    assertThatExceptionOfType(PaddockException.class)
        .isThrownBy(request::run)
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(code);
              for (String word : words) {
                assertThat(e).hasMessageContaining(word);
              }
            });
  }

  @Test
  void piecesThatWereTakenOutliveAProcess() throws IOException {
    String url = begin("a/b.txt", Map.of("x-goog-upload-header-content-length", "6"));
    send(url, "upload", 0, "abc");
    api = new TestingApi(platform);
    Reply asked = send(url, "query", 0, "");
    assertThat(asked.headers()).containsEntry("x-goog-upload-size-received", "3");
    refused(ErrorCode.CONFLICT, () -> send(url, "upload", 0, "abc"), "begins at 3");
    Reply last = send(url, "upload, finalize", 3, "def");
    assertThat(last.headers()).containsEntry("x-goog-upload-status", "final");
    assertThat(download("a/b.txt")).isEqualTo("abcdef");
    refused(ErrorCode.NOT_FOUND, () -> send(url, "query", 0, ""));
  }

  @Test
  void sizesAreHeld() {
    String url = begin("a", Map.of("x-goog-upload-header-content-length", "2"));
    refused(ErrorCode.INVALID_REQUEST, () -> send(url, "upload", 0, "abc"));
    send(url, "upload", 0, "a");
    refused(ErrorCode.INVALID_REQUEST, () -> send(url, "finalize", 1, ""), "1 of 2 bytes");
    refused(
        ErrorCode.LIMIT_EXCEEDED,
        () -> begin("b", Map.of("x-goog-upload-header-content-length", "99999999999")));
    send(url, "cancel", 0, "");
    refused(ErrorCode.NOT_FOUND, () -> send(url, "upload", 1, "b"));
  }

  @Test
  void aFileIsNotReplacedUnlessThatIsMeant() throws IOException {
    api.call("POST", "/upload" + files + "a", Map.of(), bytes("old"));
    refused(
        ErrorCode.CONFLICT,
        () -> api.call("POST", "/upload" + files + "a?overwrite=false", Map.of(), bytes("new")));
    refused(
        ErrorCode.CONFLICT,
        () -> api.call("POST", "/upload" + files + "a/b", Map.of(), bytes("new")));
    assertThat(download("a")).isEqualTo("old");
    api.call("POST", "/upload" + files + "a?overwrite=true", Map.of(), bytes("new"));
    assertThat(download("a")).isEqualTo("new");
  }

  @Test
  void noLinkLeadsOut() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "canary");
    Path workspace = folder.resolve("workspaces").resolve(files.split("/")[3]);
    Files.createSymbolicLink(workspace.resolve("link"), secret);
    Files.createSymbolicLink(workspace.resolve("up"), folder);
    for (String path : new String[] {"link", "up/secret"}) {
      refused(ErrorCode.PERMISSION_DENIED, () -> api.get(files + path + "?alt=media"));
      refused(
          ErrorCode.PERMISSION_DENIED,
          () -> api.call("POST", "/upload" + files + path, Map.of(), bytes("x")));
    }
    assertThat(api.get(files).path("files")).isEmpty();
    assertThat(Files.readString(secret)).isEqualTo("canary");
  }

  @Test
  void foldersAreListedPageByPage() {
    for (String path : new String[] {"b/2", "b/1", "a", "c"}) {
      api.call("POST", "/upload" + files + path, Map.of(), bytes(path));
    }
    assertThat(api.get(files).path("files").findValuesAsText("path"))
        .containsExactly("a", "b", "c");
    var first = api.get(files + "?recursive=true&page_size=3");
    assertThat(first.path("files").findValuesAsText("path")).containsExactly("a", "b", "b/1");
    var rest =
        api.get(files + "?recursive=true&page_token=" + first.path("next_page_token").asText());
    assertThat(rest.path("files").findValuesAsText("path")).containsExactly("b/2", "c");
    assertThat(rest.has("next_page_token")).isFalse();
  }
}
