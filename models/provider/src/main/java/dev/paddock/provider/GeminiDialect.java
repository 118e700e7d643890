package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelListing;
import dev.paddock.provider.spi.ModelRequest;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gemini's generateContent. */
final class GeminiDialect implements Dialect {
  private static final String VERSION = "/v1beta";
  private static final String MODELS = "models/";

  private final Endpoint endpoint;

  GeminiDialect(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(
        Capability.TOOLS,
        Capability.JSON_SCHEMA,
        Capability.IMAGES,
        Capability.THINKING,
        Capability.LOGPROBS);
  }

  @Override
  public long usualContextTokens() {
    return 1_048_576;
  }

  @Override
  public long usualMaxOutputTokens() {
    return 65_536;
  }

  @Override
  public Map<String, String> headers() {
    return endpoint.key().map(key -> Map.of("x-goog-api-key", key.value())).orElse(Map.of());
  }

  @Override
  public URI chatAddress(String model) {
    return endpoint.resolve(VERSION, "/" + path(model) + ":streamGenerateContent?alt=sse");
  }

  private static String path(String model) {
    return model.indexOf('/') < 0 ? MODELS + model : model;
  }

  @Override
  public Optional<Embeds> embeds() {
    return Optional.of(
        (model, texts, dimensions) ->
            new Question<>(
                endpoint.resolve(VERSION, "/" + path(model) + ":batchEmbedContents"),
                Vectors.gemini(path(model), texts, dimensions),
                answer -> Vectors.gemini(endpoint, answer, texts.size())));
  }

  @Override
  public Optional<Counts> counts() {
    return Optional.of(
        (model, id, request) -> {
          ObjectNode body = Json.object();
          ObjectNode asked = body.putObject("generateContentRequest").put("model", path(id));
          asked.setAll(body(model, id, request));
          return new Question<>(
              endpoint.resolve(VERSION, "/" + path(id) + ":countTokens"),
              body,
              answer -> Wire.count(endpoint, answer.path("totalTokens")));
        });
  }

  @Override
  public ObjectNode body(ModelDescription model, String id, ModelRequest request) {
    return new GeminiRequest(endpoint, id).body(request);
  }

  @Override
  public Decoder decoder() {
    return new GeminiDecoder(endpoint);
  }

  @Override
  public URI listAddress(Optional<String> page) {
    return endpoint.resolve(
        VERSION,
        "/models?pageSize=1000"
            + page.map(token -> "&pageToken=" + URLEncoder.encode(token, StandardCharsets.UTF_8))
                .orElse(""));
  }

  @Override
  public List<ModelListing> listings(JsonNode list) {
    List<ModelListing> out = new ArrayList<>();
    for (JsonNode model : list.path("models")) {
      JsonNode methods = model.path("supportedGenerationMethods");
      boolean talks = methods.isMissingNode();
      for (JsonNode method : methods) {
        talks |= method.asText().equals("generateContent");
      }
      if (talks) {
        String name = model.path("name").asText();
        out.add(
            new ModelListing(
                name.startsWith(MODELS) ? name.substring(MODELS.length()) : name,
                Wire.size(model.path("inputTokenLimit")),
                Wire.size(model.path("outputTokenLimit"))));
      }
    }
    return out;
  }

  @Override
  public Optional<String> nextPage(JsonNode list) {
    return Optional.ofNullable(list.path("nextPageToken").textValue())
        .filter(token -> !token.isEmpty());
  }
}
