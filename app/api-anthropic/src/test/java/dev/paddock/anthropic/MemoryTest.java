package dev.paddock.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {
  @TempDir Path home;
  private TestingApi api;
  private String memories;

  @BeforeEach
  void open() {
    api = new TestingApi(home);
    String store = api.post("/v1/memory_stores", "{\"name\": \"m\"}").path("id").asText();
    memories = "/v1/memory_stores/" + store + "/memories";
  }

  @AfterEach
  void close() {
    api.close();
  }

  private TestingApi.Answer create(String path) {
    return api.call("POST", memories, "{\"path\": \"%s\", \"content\": \"c\"}".formatted(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "/",
        "//",
        "/a/",
        "/../a",
        "/a/./b",
        "/\\u0007",
        "/\\u200b",
        "/\\u2028",
        "/e\\u0301",
        "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21"
      })
  void aPathThatIsNoneIsRefused(String path) {
    TestingApi.Answer answer = create(path);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).startsWith("path:");
    assertThat(api.stored().path("memory").asInt()).isZero();
  }

  @Test
  void oneOfManyWritersGetsAPath() throws InterruptedException {
    Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
    List<Thread> threads =
        IntStream.range(0, 8)
            .mapToObj(
                n ->
                    Thread.ofVirtual()
                        .start(() -> statuses.add(create(n % 2 == 0 ? "/a/b" : "/a").status())))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(statuses.stream().filter(status -> status == 200)).hasSize(1);
    assertThat(statuses.stream().filter(status -> status == 409)).hasSize(7);
    assertThat(api.stored().path("memory_version").asInt()).isEqualTo(1);
  }

  @Test
  void whatChangesNothingMakesNoVersion() {
    JsonNode memory = create("/a").body();
    JsonNode same =
        api.post(
            memories + "/" + memory.path("id").asText(),
            """
            {"content": "c", "precondition": {"type": "content_sha256", "content_sha256": "%s"}}
            """
                .formatted("0".repeat(64)));

    assertThat(same.path("memory_version_id")).isEqualTo(memory.path("memory_version_id"));
    assertThat(api.stored().path("memory_version").asInt()).isEqualTo(1);
  }

  @Test
  void aRedactedVersionLosesItsContentAndTheCurrentOneStays() {
    JsonNode memory = create("/a").body();
    String versions = memories.replace("/memories", "/memory_versions/");
    String redact = versions + memory.path("memory_version_id").asText() + "/redact";
    assertThat(api.call("POST", redact, "").status()).isEqualTo(400);
    api.post(memories + "/" + memory.path("id").asText(), "{\"content\": \"d\"}");
    api.post(redact, "");

    assertThat(api.get(redact.replace("/redact", "")).path("content").isNull()).isTrue();
    assertThat(api.platform.resources().find("memory_version", id(redact)).orElseThrow().document())
        .noneMatch(value -> value.asText().equals(memory.path("content_sha256").asText()));
  }

  private static String id(String redact) {
    String[] parts = redact.split("/");
    return parts[3] + "." + parts[5];
  }

  @Test
  void aSlugIsOfTheName() {
    assertThat(ResourceWire.slug("  My Notes!  (2)")).isEqualTo("my-notes-2");
    assertThat(ResourceWire.slug("日本")).isEqualTo("store");
  }
}
