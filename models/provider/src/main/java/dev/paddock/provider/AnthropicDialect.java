package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelListing;
import dev.paddock.provider.spi.ModelRequest;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Anthropic's Messages. */
final class AnthropicDialect implements Dialect {
  private static final String VERSION = "/v1";
  private static final long MAX_OUTPUT = 32_000;

  /** What a request says of its answer, which counting refuses to hear. */
  private static final List<String> ANSWER_ONLY =
      List.of("max_tokens", "stream", "stop_sequences", "temperature", "top_p", "top_k");

  private final Endpoint endpoint;

  AnthropicDialect(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.TOOLS, Capability.JSON_SCHEMA, Capability.IMAGES, Capability.THINKING);
  }

  @Override
  public long usualContextTokens() {
    return 200_000;
  }

  @Override
  public long usualMaxOutputTokens() {
    return MAX_OUTPUT;
  }

  @Override
  public Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("anthropic-version", "2023-06-01");
    endpoint.key().ifPresent(key -> headers.put("x-api-key", key.value()));
    return headers;
  }

  @Override
  public URI chatAddress(String model) {
    return endpoint.resolve(VERSION, "/messages");
  }

  @Override
  public ObjectNode body(ModelDescription model, String id, ModelRequest request) {
    int maxOutput = (int) Math.min(model.maxOutputTokens(), MAX_OUTPUT);
    return new AnthropicRequest(endpoint, id, maxOutput).body(request);
  }

  @Override
  public Decoder decoder() {
    return new AnthropicDecoder(endpoint);
  }

  @Override
  public Optional<Counts> counts() {
    return Optional.of(
        (model, id, request) ->
            new Question<>(
                endpoint.resolve(VERSION, "/messages/count_tokens"),
                body(model, id, request).without(ANSWER_ONLY),
                answer -> Wire.count(endpoint, answer.path("input_tokens"))));
  }

  @Override
  public URI listAddress(Optional<String> page) {
    return endpoint.resolve(
        VERSION,
        "/models?limit=1000"
            + page.map(id -> "&after_id=" + URLEncoder.encode(id, StandardCharsets.UTF_8))
                .orElse(""));
  }

  @Override
  public List<ModelListing> listings(JsonNode list) {
    List<ModelListing> out = new ArrayList<>();
    for (JsonNode model : list.path("data")) {
      out.add(
          new ModelListing(
              model.path("id").asText(),
              Wire.size(model.path("max_input_tokens")),
              Wire.size(model.path("max_tokens"))));
    }
    return out;
  }

  @Override
  public Optional<String> nextPage(JsonNode list) {
    return list.path("has_more").asBoolean() && list.path("last_id").isTextual()
        ? Optional.of(list.get("last_id").textValue())
        : Optional.empty();
  }
}
