package dev.paddock.provider;

import dev.paddock.core.ErrorCode;

/** A model reference, {@code provider/model}; the model's own id may hold further slashes. */
public record ModelRef(String provider, String model) {
  public static final ModelRef EMBEDDED = new ModelRef("local", "smollm2-135m-instruct");

  public static ModelRef parse(String text) {
    int slash = text.indexOf('/');
    if (slash <= 0 || slash == text.length() - 1) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST,
          "not a model reference: \"%s\"; write provider/model, such as %s"
              .formatted(text, EMBEDDED));
    }
    return new ModelRef(text.substring(0, slash), text.substring(slash + 1));
  }

  @Override
  public String toString() {
    return provider + "/" + model;
  }
}
