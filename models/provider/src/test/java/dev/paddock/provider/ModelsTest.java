package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.spi.Model;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelsTest {
  private final TestingModelFactory local =
      new TestingModelFactory("local", true, "smollm2-135m-instruct", "gpt-tiny");
  private final TestingModelFactory anthropic = new TestingModelFactory("anthropic", false);
  private final TestingModelFactory gemini =
      new TestingModelFactory("gemini", true, "gemini-3", "shared");
  private final TestingModelFactory openai =
      new TestingModelFactory("openai", true, "gpt-x", "shared", "meta-llama/Llama-3");
  private Instant now = Instant.EPOCH;

  private Models models(Map<String, String> mapping) {
    return new Models(List.of(local, anthropic, gemini, openai), mapping, () -> now);
  }

  @ParameterizedTest
  @CsvSource({
    "local/anything, local/anything",
    "openai/org/model:tag, openai/org/model:tag",
    "smollm2-135m-instruct, local/smollm2-135m-instruct",
    "shared, gemini/shared",
    "meta-llama/Llama-3, openai/meta-llama/Llama-3",
    "gpt-unlisted, openai/gpt-unlisted",
    "o4-mini, openai/o4-mini",
    "gemini-unlisted, gemini/gemini-unlisted",
    "gpt-tiny, local/gpt-tiny"
  })
  void resolves(String asked, String ref) {
    assertThat(models(Map.of()).resolve(asked)).isEqualTo(ModelRef.parse(ref));
  }

  @Test
  void theOperatorsMappingComesFirstAndExactNamesBeforeGlobs() {
    Map<String, String> mapping = new LinkedHashMap<>();
    mapping.put("claude-*", "openai/gpt-x");
    mapping.put("claude-h*", "gemini/gemini-3");
    mapping.put("gpt-x", "local/smollm2-135m-instruct");
    mapping.put("claude-haiku", "local/gpt-tiny");
    mapping.put("a.b?", "local/gpt-tiny");
    Models models = models(mapping);
    assertThat(models.resolve("claude-opus-5")).hasToString("openai/gpt-x");
    assertThat(models.resolve("claude-huge")).hasToString("openai/gpt-x");
    assertThat(models.resolve("claude-haiku")).hasToString("local/gpt-tiny");
    assertThat(models.resolve("gpt-x")).hasToString("local/smollm2-135m-instruct");
    assertThat(models.resolve("openai/gpt-x")).hasToString("openai/gpt-x");
    assertThat(models.resolve("a.bc")).hasToString("local/gpt-tiny");
    assertThatThrownBy(() -> models.resolve("axbc")).isInstanceOf(ModelException.class);
    assertThat(openai.lists + gemini.lists).as("no list for what is mapped").isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"claude-opus-5", "anthropic/claude-opus-5"})
  void whatIsNotConfiguredNamesTheFix(String asked) {
    assertThatThrownBy(() -> models(Map.of()).resolve(asked))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
        .hasMessageContaining("claude-opus-5")
        .hasMessageContaining("set ANTHROPIC_API_KEY");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "x", "nowhere/model", "openai", "../../etc"})
  void whatIsUnknownNamesTheFix(String asked) {
    assertThatThrownBy(() -> models(Map.of()).resolve(asked))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
        .hasMessageContaining("config.toml");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-x", "nowhere/gpt-x", "/x", ""})
  void aMappingToNoReferenceNamesItsKey(String target) {
    assertThatThrownBy(() -> models(Map.of("claude-*", target)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("[models] \"claude-*\"");
  }

  @Test
  void aVeryLongIdIsRefusedBeforeAnyGlobSeesIt() {
    Models models = models(Map.of("*a*a*a*a*a*a*a*a*b", "openai/gpt-x"));
    assertThatThrownBy(() -> models.resolve("a".repeat(100_000)))
        .isInstanceOf(ModelException.class)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
  }

  @Test
  void listsAreAskedOnceAndAgainWhenOld() {
    Models models = models(Map.of());
    models.resolve("gpt-x");
    models.resolve("shared");
    models.resolve("gpt-x");
    assertThat(openai.lists).isEqualTo(1);
    now = now.plus(Duration.ofMinutes(11));
    models.resolve("gpt-x");
    assertThat(openai.lists).isEqualTo(2);
  }

  @Test
  void aProviderThatCannotListIsUsedByItsNamesAndAskedAgainSoon() {
    openai.listFails = true;
    Models models = models(Map.of());
    assertThat(models.resolve("gpt-x")).hasToString("openai/gpt-x");
    assertThat(models.list().problems())
        .singleElement()
        .satisfies(e -> assertThat(e).hasMessage("openai is down"));
    assertThat(openai.lists).isEqualTo(1);
    now = now.plus(Duration.ofMinutes(2));
    openai.listFails = false;
    assertThat(models.list().problems()).isEmpty();
  }

  @Test
  void listsMappedIdsAndEveryConfiguredProvidersModels() {
    Models models = models(Map.of("my-model", "openai/gpt-x"));
    assertThat(models.list().models())
        .extracting(entry -> entry.id() + " = " + entry.ref())
        .containsExactly(
            "my-model = openai/gpt-x",
            "local/smollm2-135m-instruct = local/smollm2-135m-instruct",
            "local/gpt-tiny = local/gpt-tiny",
            "gemini/gemini-3 = gemini/gemini-3",
            "gemini/shared = gemini/shared",
            "openai/gpt-x = openai/gpt-x",
            "openai/shared = openai/shared",
            "openai/meta-llama/Llama-3 = openai/meta-llama/Llama-3");
  }

  @Test
  void opensAModelOnceAndClosesItWithItself() {
    Models models = models(Map.of("mine", "openai/gpt-x"));
    Model model = models.open("mine");
    assertThat(models.open("openai/gpt-x")).isSameAs(model);
    assertThat(openai.opened).containsExactly("gpt-x");
    models.close();
    assertThat(openai.closed).isEqualTo(1);
  }
}
