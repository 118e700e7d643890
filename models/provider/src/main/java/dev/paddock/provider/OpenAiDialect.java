package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelListing;
import dev.paddock.provider.spi.ModelRequest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Chat Completions, as OpenAI defines it and as vLLM, llama.cpp, Ollama and others speak it. */
final class OpenAiDialect implements Dialect {
  private final Endpoint endpoint;
  private final URI chat;

  OpenAiDialect(Endpoint endpoint) {
    this.endpoint = endpoint;
    this.chat = endpoint.resolve("", "/chat/completions");
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
    return endpoint.provider().equals("ollama") ? 8_192 : 128_000;
  }

  @Override
  public long usualMaxOutputTokens() {
    return endpoint.provider().equals("ollama") ? 8_192 : 16_384;
  }

  @Override
  public Map<String, String> headers() {
    return endpoint.key().map(k -> Map.of("authorization", "Bearer " + k.value())).orElse(Map.of());
  }

  @Override
  public URI chatAddress(String model) {
    return chat;
  }

  @Override
  public ObjectNode body(ModelDescription model, String id, ModelRequest request) {
    return new OpenAiRequest(endpoint, id).body(request);
  }

  @Override
  public Decoder decoder() {
    return new OpenAiDecoder(endpoint);
  }

  @Override
  public Optional<Embeds> embeds() {
    return Optional.of(
        (model, texts, dimensions) ->
            new Question<>(
                endpoint.resolve("", "/embeddings"),
                Vectors.openAi(model, texts, dimensions),
                answer -> Vectors.openAi(endpoint, answer, texts.size())));
  }

  @Override
  public URI listAddress(Optional<String> page) {
    return endpoint.resolve("", "/models");
  }

  @Override
  public List<ModelListing> listings(JsonNode list) {
    List<ModelListing> out = new ArrayList<>();
    for (JsonNode model : list.path("data")) {
      JsonNode context =
          model.hasNonNull("max_model_len")
              ? model.path("max_model_len")
              : model.path("context_length");
      out.add(
          new ModelListing(model.path("id").asText(), Wire.size(context), OptionalLong.empty()));
    }
    return out;
  }

  @Override
  public Optional<String> nextPage(JsonNode list) {
    return Optional.empty();
  }
}
