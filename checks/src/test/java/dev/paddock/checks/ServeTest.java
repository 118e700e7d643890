package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code paddock serve} and {@code keys} as processes. */
class ServeTest {
  @TempDir Path folder;

  private static int status(ServerUnderTest server, String path, String key)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(server.url() + path)).header("x-api-key", key).build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  @Test
  void oneServerAHomeWhoseKeysAreMadeListedAndRevoked() throws Exception {
    Program program = new Program(folder);
    try (ServerUnderTest server = ServerUnderTest.start(program, folder)) {
      assertThat(status(server, "/healthz", "")).isEqualTo(200);

      Program.Result second = program.run("serve", "--port", "0");
      assertThat(second.exit()).isEqualTo(2);
      assertThat(second.out()).isEmpty();
      assertThat(second.err()).contains(server.url());

      JsonNode key =
          Json.tree(program.run("keys", "create", "ci", "--scope", "read", "--json").out());
      String secret = key.path("key").asText();
      assertThat(status(server, "/metrics-of-nobody", secret)).isEqualTo(404);
      Program.Result list = program.run("keys", "list", "--json");
      assertThat(list.lines()).hasSize(1);
      assertThat(list.out()).contains(key.path("id").asText()).doesNotContain(secret);
      assertThat(program.run("keys", "revoke", key.path("id").asText()).exit()).isZero();
      assertThat(status(server, "/metrics-of-nobody", secret)).isEqualTo(401);
      assertThat(program.run("keys", "revoke", "key_absent").exit()).isEqualTo(2);
      assertThat(server.log()).doesNotContain(secret).doesNotContain(ServerUnderTest.KEY);
    }
    try (ServerUnderTest again = ServerUnderTest.start(program, folder)) {
      assertThat(status(again, "/healthz", "")).isEqualTo(200);
    }
  }

  @Test
  void aKilledServerLeavesNoLock() throws Exception {
    Program program = new Program(folder);
    Path out = folder.resolve("killed.out");
    Path err = folder.resolve("killed.err");
    Process killed = program.start(out, err, "serve", "--port", "0");
    ServerUnderTest.awaitUrl(killed, out, err);
    killed.destroyForcibly().waitFor();
    try (ServerUnderTest next = ServerUnderTest.start(program, folder)) {
      assertThat(status(next, "/readyz", "")).isIn(200, 503);
    }
    assertThat(program.home().resolve("api-key")).exists();
  }

  @Test
  void keysDoNotCrossTheNetworkInTheClear() {
    Program.Result open = new Program(folder).run("serve", "--host", "0.0.0.0", "--port", "0");
    assertThat(open.exit()).isEqualTo(2);
    assertThat(open.err()).contains("--behind-proxy");
    Program.Result half =
        new Program(folder).with("PADDOCK_TLS_CERT", "cert.pem").run("serve", "--port", "0");
    assertThat(half.exit()).isEqualTo(2);
    assertThat(half.err()).contains("PADDOCK_TLS_KEY");
    assertThat(new Program(folder).run("serve", "--port", "70000").exit()).isEqualTo(2);
  }
}
