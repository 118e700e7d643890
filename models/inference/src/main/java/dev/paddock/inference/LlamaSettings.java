package dev.paddock.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;

/** The sizes of a llama model. */
record LlamaSettings(
    int vocabulary,
    int context,
    int hidden,
    int feedForward,
    int layers,
    int heads,
    int keyValueHeads,
    int headSize,
    double epsilon,
    RotarySettings rotary) {

  LlamaSettings {
    require(vocabulary, 1 << 22, "vocabulary size");
    require(context, 1 << 24, "context length");
    require(hidden, 1 << 16, "hidden size");
    require(feedForward, 1 << 18, "feed-forward size");
    require(layers, 1 << 10, "number of layers");
    require(heads, 1 << 10, "number of heads");
    require(keyValueHeads, heads, "number of key-value heads");
    require(headSize, 1 << 10, "head size");
    if (heads % keyValueHeads != 0 || headSize % 2 != 0) {
      throw new ModelException(
          ErrorCode.CORRUPT,
          "%d heads of size %d cannot share %d key-value heads"
              .formatted(heads, headSize, keyValueHeads));
    }
    if (!(epsilon >= 0 && epsilon < 1)) {
      throw new ModelException(ErrorCode.CORRUPT, "the norm's epsilon is " + epsilon);
    }
  }

  private static void require(int value, int limit, String what) {
    if (value < 1 || value > limit) {
      throw new ModelException(
          ErrorCode.CORRUPT,
          "the model's %s is %d; it must be 1 to %d".formatted(what, value, limit));
    }
  }

  static LlamaSettings of(GgufFile file) {
    int hidden = file.size("llama.embedding_length");
    int heads = file.size("llama.attention.head_count");
    int headSize =
        file.whole("llama.attention.key_length").map(Math::toIntExact).orElse(hidden / heads);
    return new LlamaSettings(
        Math.toIntExact(file.tensor("token_embd.weight").shape().getFirst()),
        file.size("llama.context_length"),
        hidden,
        file.size("llama.feed_forward_length"),
        file.size("llama.block_count"),
        heads,
        file.whole("llama.attention.head_count_kv").map(Math::toIntExact).orElse(heads),
        headSize,
        file.real("llama.attention.layer_norm_rms_epsilon").orElse(1e-5),
        rotary(file, headSize));
  }

  private static RotarySettings rotary(GgufFile file, int headSize) {
    double base = file.real("llama.rope.freq_base").orElse(10_000.0);
    if (file.whole("llama.rope.dimension_count").orElse((long) headSize) != headSize
        || !(base > 1)) {
      throw new ModelException(
          ErrorCode.CORRUPT,
          "%s: rope over %s of %d dimensions with base %s"
              .formatted(file.file(), file.whole("llama.rope.dimension_count"), headSize, base));
    }
    Tensor stored = file.tensors().get("rope_freqs.weight");
    if (stored != null) {
      float[] factors = stored.require(headSize / 2).floats();
      double[] out = new double[factors.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = factors[i];
      }
      return new RotarySettings(base, out);
    }
    String type = file.text("llama.rope.scaling.type").orElse("none");
    return switch (type) {
      case "none" -> RotarySettings.plain(base, headSize);
      case "linear" ->
          RotarySettings.linear(base, headSize, file.real("llama.rope.scaling.factor").orElse(1.0));
      default ->
          throw new ModelException(
              ErrorCode.INVALID_REQUEST,
              "%s: rope scaling \"%s\" is not one of none, linear".formatted(file.file(), type));
    };
  }

  static LlamaSettings of(ObjectNode config) {
    if (config.path("attention_bias").asBoolean() || config.path("mlp_bias").asBoolean()) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST, "config.json: llama models with biases are not supported");
    }
    String activation = config.path("hidden_act").asText("silu");
    if (!activation.equals("silu")) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST,
          "config.json: activation \"%s\" is not silu".formatted(activation));
    }
    int hidden = config.path("hidden_size").asInt();
    int heads = config.path("num_attention_heads").asInt();
    int headSize = config.path("head_dim").asInt(heads > 0 ? hidden / heads : 0);
    return new LlamaSettings(
        config.path("vocab_size").asInt(),
        config.path("max_position_embeddings").asInt(2048),
        hidden,
        config.path("intermediate_size").asInt(),
        config.path("num_hidden_layers").asInt(),
        heads,
        config.path("num_key_value_heads").asInt(heads),
        headSize,
        config.path("rms_norm_eps").asDouble(1e-6),
        RotarySettings.of(config, headSize));
  }
}
