package dev.paddock.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Loads {@link Llama} models. */
public final class LlamaArchitecture implements Architecture {
  @Override
  public String name() {
    return "llama";
  }

  @Override
  public Network load(GgufFile file, EngineOptions options) {
    LlamaSettings settings = LlamaSettings.of(file);
    Workers workers = new Workers(options.threads());
    return new Llama(
        settings, LlamaWeights.of(settings, file, workers), workers, options.cacheBytes());
  }

  @Override
  public Network load(ObjectNode config, SafetensorsFile tensors, EngineOptions options) {
    LlamaSettings settings = LlamaSettings.of(config);
    boolean tied = config.path("tie_word_embeddings").asBoolean();
    Workers workers = new Workers(options.threads());
    return new Llama(
        settings, LlamaWeights.of(settings, tensors, tied, workers), workers, options.cacheBytes());
  }
}
