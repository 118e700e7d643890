package dev.paddock.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A kind of model, such as {@code llama}: knows its settings, the names of its tensors and how they
 * are applied. Found through {@link java.util.ServiceLoader}, so that a new architecture adds files
 * and changes none.
 */
public interface Architecture {
  /** As {@code general.architecture} of a GGUF file and {@code model_type} of a config say it. */
  String name();

  Network load(GgufFile file, EngineOptions options);

  /**
   * @param config the {@code config.json} beside the tensors
   */
  Network load(ObjectNode config, SafetensorsFile tensors, EngineOptions options);
}
