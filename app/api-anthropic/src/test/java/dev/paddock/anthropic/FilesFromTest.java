package dev.paddock.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesFromTest {
  private static final String DIGEST = "ab".repeat(32);

  @TempDir Path home;
  private TestingApi api;

  @BeforeEach
  void open() {
    api = new TestingApi(home);
  }

  @AfterEach
  void close() {
    api.close();
  }

  private TestingApi.Answer create(String from) {
    String environment =
        api.post("/v1/environments", "{\"name\": \"e%s\"}".formatted(System.nanoTime()))
            .path("id")
            .asText();
    return api.call(
        "POST",
        "/v1/sessions",
        Json.write(
            Json.object()
                .put("agent", api.agent())
                .put("environment_id", environment)
                .set("metadata", Json.object().put("paddock_files_from", from))));
  }

  private String stored(TestingApi.Answer answer) {
    SessionId id = new SessionId(answer.body().path("id").asText());
    return api.platform.sessions().find(id).orElseThrow().document().path("files_from").asText();
  }

  @Test
  void aSessionBeginsWithTheFilesOfAnEarlierOneOrOfASnapshot() {
    String earlier = api.session();
    api.platform
        .resources()
        .create("snapshot", "snap_1", WorkspaceId.DEFAULT, Json.object().put("digest", DIGEST));

    assertThat(stored(create(earlier))).isEqualTo(earlier);
    assertThat(stored(create(DIGEST))).isEqualTo(DIGEST);
    assertThat(create(earlier).body().path("metadata").path("paddock_files_from").asText())
        .isEqualTo(earlier);
  }

  @Test
  void attack51FilesOfAnotherWorkspaceAreNotThere() {
    String theirs = api.session();
    api.platform
        .resources()
        .create("snapshot", "snap_1", WorkspaceId.DEFAULT, Json.object().put("digest", DIGEST));
    api.workspace("wrkspc_other");
    for (String from :
        List.of(theirs, DIGEST, "sesn_unknown", "/etc", "../x", DIGEST.substring(1))) {
      TestingApi.Answer answer = create(from);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.message()).startsWith("metadata.paddock_files_from:");
    }
  }
}
