package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelFactory;
import dev.paddock.provider.spi.ModelListing;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProvidersTest {
  private static ModelFactory factory(String provider, Map<String, String> environment) {
    return Providers.from(environment).stream()
        .filter(f -> f.provider().equals(provider))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void nothingIsConfiguredByItself() {
    assertThat(Providers.from(Map.of("OPENAI_API_KEY", "  ")))
        .extracting(ModelFactory::configured)
        .containsOnly(false);
  }

  @ParameterizedTest
  @CsvSource({
    "openai, OPENAI_API_KEY, k",
    "openai, OPENAI_BASE_URL, http://127.0.0.1:8000/v1",
    "anthropic, ANTHROPIC_API_KEY, k",
    "gemini, GEMINI_BASE_URL, https://proxy.example/gemini/",
    "ollama, OLLAMA_HOST, localhost"
  })
  void oneVariableIsEnough(String provider, String variable, String value) {
    assertThat(Providers.from(Map.of(variable, value)))
        .filteredOn(ModelFactory::configured)
        .extracting(ModelFactory::provider)
        .containsExactly(provider);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1.5", "10000", "soon"})
  void silenceIsWholeSeconds(String silence) {
    assertThatThrownBy(() -> Providers.from(Map.of("PADDOCK_MODEL_SILENCE", silence)))
        .hasMessageContaining("PADDOCK_MODEL_SILENCE")
        .extracting("code")
        .isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(Providers.from(Map.of("PADDOCK_MODEL_SILENCE", "30"))).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://x/v1",
        "api.openai.com",
        "http://",
        "http://user:pw@host/v1",
        "http://h/v1?x=1",
        "http://h/ v1",
        "file:///etc/passwd",
        "http://h/#x"
      })
  void anAddressThatIsNoneNamesItsVariableOnly(String address) {
    assertThatThrownBy(() -> Providers.from(Map.of("OPENAI_BASE_URL", address)))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
        .hasMessageContaining("OPENAI_BASE_URL")
        .hasMessageNotContaining("pw");
  }

  @Test
  void aKeyThatWouldBreakAHeaderIsRefusedUnseen() {
    assertThatThrownBy(() -> Providers.from(Map.of("OPENAI_API_KEY", "sk-secret\r\nx: y")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("OPENAI_API_KEY")
        .hasMessageNotContaining("sk-secret");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:PORT",
    "http://127.0.0.1:PORT",
    "http://127.0.0.1:PORT/",
    "0.0.0.0:PORT",
    "http://127.0.0.1:PORT/v1"
  })
  void ollamaIsFoundHoweverItsHostIsWritten(String host) throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.status(200, "{\"object\":\"list\",\"data\":[{\"id\":\"qwen3:8b\"}]}");
      String set = host.replace("PORT", String.valueOf(server.url().getPort()));
      assertThat(factory("ollama", Map.of("OLLAMA_HOST", set)).list())
          .containsExactly(ModelListing.of("qwen3:8b"));
      assertThat(server.lastRequest().path()).isEqualTo("/v1/models");
    }
  }

  @Test
  void ollamaTakesNoPath() {
    assertThatThrownBy(() -> Providers.from(Map.of("OLLAMA_HOST", "http://h/api")))
        .hasMessageContaining("OLLAMA_HOST");
  }

  @Test
  void listsAnthropicsModelsPageByPageAndRemembersTheirSizes() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.status(
          200,
          """
          {"data":[{"id":"claude-a","type":"model","max_input_tokens":1000000,"max_tokens":64000}],
           "has_more":true,"last_id":"claude-a"}
          """);
      server.status(
          200,
          """
          {"data":[{"id":"claude-b","type":"model","max_input_tokens":null}],"has_more":false}
          """);
      ModelFactory factory =
          factory(
              "anthropic",
              Map.of("ANTHROPIC_BASE_URL", server.url() + "/", "ANTHROPIC_API_KEY", "k"));
      assertThat(factory.list())
          .extracting(ModelListing::id)
          .containsExactly("claude-a", "claude-b");
      assertThat(server.requests())
          .extracting(TestingHttpServer.Request::path)
          .containsExactly("/v1/models?limit=1000", "/v1/models?limit=1000&after_id=claude-a");
      ModelDescription a = factory.open("claude-a").description();
      assertThat(List.of(a.contextTokens(), a.maxOutputTokens()))
          .containsExactly(1_000_000L, 64_000L);
      assertThat(factory.open("claude-b").description().contextTokens()).isEqualTo(200_000);
    }
  }

  @Test
  void listsGeminisModelsThatTalk() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.status(
          200,
          """
          {"models":[
            {"name":"models/gemini-x","inputTokenLimit":1048576,"outputTokenLimit":65536,
             "supportedGenerationMethods":["generateContent","countTokens"]},
            {"name":"models/embedding-y","supportedGenerationMethods":["embedContent"]}]}
          """);
      assertThat(factory("gemini", Map.of("GEMINI_BASE_URL", server.url() + "/v1beta")).list())
          .extracting(ModelListing::id)
          .containsExactly("gemini-x");
      assertThat(server.lastRequest().path()).isEqualTo("/v1beta/models?pageSize=1000");
    }
  }

  @Test
  void aListWithoutEndIsCutOff() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      for (int i = 0; i < 40; i++) {
        server.status(200, "{\"data\":[],\"has_more\":true,\"last_id\":\"x\"}");
      }
      factory("anthropic", Map.of("ANTHROPIC_BASE_URL", server.url().toString())).list();
      assertThat(server.requests()).hasSize(20);
    }
  }

  @Test
  void aListThatFailsKeepsItsCode() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.status(401, "{\"error\":{\"message\":\"no\"}}").status(200, "[1");
      ModelFactory factory = factory("openai", Map.of("OPENAI_BASE_URL", server.url() + "/v1"));
      assertThatThrownBy(factory::list)
          .isInstanceOfSatisfying(
              ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
      assertThatThrownBy(factory::list).isInstanceOf(ModelException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../secrets", "a/../b", "a//b", "", "a?b", "a b", "/a", "a%2e%2e"})
  void anIdThatIsAPathIsRefused(String id) {
    ModelFactory factory = factory("gemini", Map.of("GEMINI_API_KEY", "k"));
    assertThatThrownBy(() -> factory.open(id))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }
}
