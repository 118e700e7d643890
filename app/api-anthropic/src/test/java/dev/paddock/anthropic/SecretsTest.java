package dev.paddock.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.SessionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients entrust to vaults and repositories comes back nowhere. */
class SecretsTest {
  private static final String SECRET = "correct-horse-battery-staple";

  @TempDir Path home;
  private TestingApi api;
  private String vault;

  @BeforeEach
  void open() {
    api = new TestingApi(home);
    vault = api.post("/v1/vaults", "{\"display_name\": \"v\"}").path("id").asText();
  }

  @AfterEach
  void close() {
    api.close();
  }

  private JsonNode variable(String name) {
    return api.post(
        "/v1/vaults/" + vault + "/credentials",
        """
        {"auth": {"type": "environment_variable", "secret_name": "%s", "secret_value": "%s",
                  "networking": {"type": "limited", "allowed_hosts": ["a.example.com"]}}}
        """
            .formatted(name, SECRET));
  }

  private SessionDocument document(String session) {
    return SessionDocument.read(
        api.platform.sessions().find(new SessionId(session)).orElseThrow().document());
  }

  @Test
  void noFileOfTheHomeHoldsASecret() {
    variable("TOKEN");
    String session =
        api.session(
            api.agent(),
            """
            , "vault_ids": ["%s"], "resources": [{"type": "github_repository",
              "url": "https://github.com/a/b", "authorization_token": "%s"}]
            """
                .formatted(vault, SECRET));
    api.close();

    try (Stream<Path> files = Files.walk(home)) {
      assertThat(files.filter(Files::isRegularFile).filter(SecretsTest::holds)).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    api = new TestingApi(home);
    assertThat(document(session).repositories()).hasSize(1);
  }

  private static boolean holds(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(SECRET);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aSandboxGetsPlaceholders() {
    String id = variable("TOKEN").path("id").asText();
    String session = api.session(api.agent(), ", \"vault_ids\": [\"%s\"]".formatted(vault));

    String placeholder = document(session).variables().get("TOKEN");
    assertThat(placeholder).startsWith("paddock-secret").doesNotContain(SECRET);
    assertThat(api.get("/v1/vaults/" + vault + "/credentials/" + id).toString())
        .doesNotContain(placeholder);
  }

  @Test
  void anArchivedVaultForgetsItsSecrets() {
    String id = variable("TOKEN").path("id").asText();
    api.post("/v1/vaults/" + vault + "/archive", "");

    assertThat(
            api.platform
                .resources()
                .find("credential", vault + "." + id)
                .orElseThrow()
                .document()
                .has("sealed"))
        .isFalse();
    TestingApi.Answer refused =
        api.call(
            "POST",
            "/v1/sessions",
            "{\"agent\": \"%s\", \"environment_id\": \"%s\", \"vault_ids\": [\"%s\"]}"
                .formatted(
                    api.agent(),
                    api.post("/v1/environments", "{\"name\": \"e\"}").path("id").asText(),
                    vault));
    assertThat(refused.status()).isEqualTo(400);
  }

  @Test
  void aVaultHoldsTwentyCredentialsOneForAName() {
    for (int i = 0; i < 20; i++) {
      variable("TOKEN_" + i);
    }
    String path = "/v1/vaults/" + vault + "/credentials";
    String more =
        "{\"auth\": {\"type\": \"static_bearer\", \"token\": \"t\", \"mcp_server_url\": \"https://x.y\"}}";
    assertThat(api.call("POST", path, more).message()).contains("20");
    String first = api.get(path).path("data").get(0).path("id").asText();
    api.delete(path + "/" + first);
    assertThat(api.call("POST", path, more).status()).isEqualTo(200);
    assertThat(api.platform.resources().list("credential", Optional.empty(), Optional.empty(), 50))
        .hasSize(20);
  }

  @Test
  void namesThatSteerTheSandboxAreRefused() {
    for (String name : new String[] {"PATH", "LD_PRELOAD", "A=B", "1X", "x y"}) {
      TestingApi.Answer answer =
          api.call(
              "POST",
              "/v1/vaults/" + vault + "/credentials",
              "{\"auth\": {\"type\": \"environment_variable\", \"secret_name\": \"%s\", \"secret_value\": \"%s\", \"networking\": {\"type\": \"unrestricted\"}}}"
                  .formatted(name, SECRET));
      assertThat(answer.status()).as(name).isEqualTo(400);
      assertThat(answer.message()).contains("auth.secret_name").doesNotContain(SECRET);
    }
  }
}
