package dev.paddock.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;

/**
 * How positions become angles: {@code base^(-2i/n)}, each divided by its factor.
 *
 * @param factors one for each pair of dimensions
 */
@SuppressWarnings("ArrayRecordComponent")
record RotarySettings(double base, double[] factors) {
  static RotarySettings plain(double base, int dimensions) {
    return linear(base, dimensions, 1);
  }

  static RotarySettings linear(double base, int dimensions, double factor) {
    double[] factors = new double[dimensions / 2];
    java.util.Arrays.fill(factors, factor);
    return new RotarySettings(base, factors);
  }

  /**
   * Reads {@code rope_parameters} (transformers 5) or {@code rope_theta} and {@code rope_scaling}
   * (transformers 4) of a config.json.
   */
  static RotarySettings of(JsonNode config, int dimensions) {
    JsonNode scaling = config.path("rope_parameters");
    if (!scaling.isObject()) {
      scaling =
          config.path("rope_scaling").isObject()
              ? config.path("rope_scaling")
              : MissingNode.getInstance();
    }
    double base = scaling.path("rope_theta").asDouble(config.path("rope_theta").asDouble(10_000));
    String type = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
    double factor = scaling.path("factor").asDouble(1);
    if (!(base > 1) || !(factor > 0) || Double.isInfinite(base) || Double.isInfinite(factor)) {
      throw new ModelException(
          ErrorCode.CORRUPT, "config.json: rope base %s and factor %s".formatted(base, factor));
    }
    return switch (type) {
      case "default" -> plain(base, dimensions);
      case "linear" -> linear(base, dimensions, factor);
      case "llama3" -> llama3(base, dimensions, factor, scaling);
      default ->
          throw new ModelException(
              ErrorCode.INVALID_REQUEST,
              "config.json: rope type \"%s\" is not one of default, linear, llama3"
                  .formatted(type));
    };
  }

  /** Llama 3.1: long waves are slowed by the factor, short ones kept, those between blended. */
  private static RotarySettings llama3(
      double base, int dimensions, double factor, JsonNode scaling) {
    double low = scaling.path("low_freq_factor").asDouble(1);
    double high = scaling.path("high_freq_factor").asDouble(4);
    double original = scaling.path("original_max_position_embeddings").asDouble(8192);
    double[] factors = new double[dimensions / 2];
    for (int i = 0; i < factors.length; i++) {
      double wave = 2 * Math.PI * Math.pow(base, 2.0 * i / dimensions);
      double smooth = Math.clamp((original / wave - low) / (high - low), 0, 1);
      factors[i] = 1 / ((1 - smooth) / factor + smooth);
    }
    return new RotarySettings(base, factors);
  }

  Rotary create() {
    double[] frequencies = new double[factors.length];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(base, -(double) i / factors.length) / factors[i];
    }
    return new Rotary(frequencies, 1);
  }
}
