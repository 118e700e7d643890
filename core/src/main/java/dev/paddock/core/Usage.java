package dev.paddock.core;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Tokens that a model request read and wrote. */
public record Usage(
    @JsonProperty("input_tokens") long inputTokens,
    @JsonProperty("output_tokens") long outputTokens,
    @JsonProperty("cache_read_input_tokens") long cacheReadTokens,
    @JsonProperty("cache_creation_input_tokens") long cacheCreationTokens) {
  public static final Usage NONE = new Usage(0, 0, 0, 0);

  public Usage plus(Usage other) {
    return new Usage(
        inputTokens + other.inputTokens,
        outputTokens + other.outputTokens,
        cacheReadTokens + other.cacheReadTokens,
        cacheCreationTokens + other.cacheCreationTokens);
  }

  public long total() {
    return inputTokens + outputTokens + cacheReadTokens + cacheCreationTokens;
  }
}
