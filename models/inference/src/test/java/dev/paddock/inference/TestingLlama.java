package dev.paddock.inference;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A llama model of random weights, two layers and bytes for tokens, in every tensor format. */
final class TestingLlama {
  static final int BYTES = 256;
  static final int END = BYTES + 1;
  static final int VOCABULARY = BYTES + 4;

  private static final int HIDDEN = 256;
  private static final int KEYS = 128;
  private static final List<String> SPECIAL =
      List.of("<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|pad|>");

  private TestingLlama() {}

  /** The file, in the formats as they come or all widened to fp32. */
  static TestingGguf file(boolean widened) {
    Random random = new Random(3);
    TestingGguf file = header();
    tensor(file, widened, random, "token_embd", "Q8_0", 1f, VOCABULARY, HIDDEN);
    tensor(file, widened, random, "output", "F32", 0.2f, VOCABULARY, HIDDEN);
    tensor(file, widened, random, "output_norm", "F32", 1f, HIDDEN);
    for (int layer = 0; layer < 2; layer++) {
      String at = "blk." + layer + ".";
      tensor(file, widened, random, at + "attn_norm", "F32", 1f, HIDDEN);
      tensor(file, widened, random, at + "attn_q", "Q4_0", 0.1f, HIDDEN, HIDDEN);
      tensor(file, widened, random, at + "attn_k", "Q4_1", 0.1f, KEYS, HIDDEN);
      tensor(file, widened, random, at + "attn_v", "Q8_0", 0.1f, KEYS, HIDDEN);
      tensor(file, widened, random, at + "attn_output", "Q6_K", 0.1f, HIDDEN, HIDDEN);
      tensor(file, widened, random, at + "ffn_norm", "F32", 1f, HIDDEN);
      tensor(file, widened, random, at + "ffn_gate", "F16", 0.1f, HIDDEN, HIDDEN);
      tensor(file, widened, random, at + "ffn_up", "BF16", 0.1f, HIDDEN, HIDDEN);
      tensor(file, widened, random, at + "ffn_down", "Q4_1", 0.1f, HIDDEN, HIDDEN);
    }
    return file;
  }

  private static TestingGguf header() {
    List<String> tokens = new ArrayList<>();
    int[] types = new int[VOCABULARY];
    for (int b = 0; b < BYTES; b++) {
      tokens.add(written((byte) b));
      types[b] = 1;
    }
    tokens.addAll(SPECIAL);
    Arrays.fill(types, BYTES, VOCABULARY, 3);
    return new TestingGguf()
        .text("general.architecture", "llama")
        .text("general.name", "Tiny")
        .text("general.license", "apache-2.0")
        .whole("llama.block_count", 2)
        .whole("llama.context_length", 512)
        .whole("llama.embedding_length", HIDDEN)
        .whole("llama.feed_forward_length", HIDDEN)
        .whole("llama.attention.head_count", 4)
        .whole("llama.attention.head_count_kv", 2)
        .real("llama.attention.layer_norm_rms_epsilon", 1e-5f)
        .real("llama.rope.freq_base", 10_000f)
        .text("tokenizer.ggml.model", "gpt2")
        .text("tokenizer.ggml.pre", "smollm")
        .texts("tokenizer.ggml.tokens", tokens)
        .wholes("tokenizer.ggml.token_type", types)
        .texts("tokenizer.ggml.merges", List.of())
        .whole("tokenizer.ggml.eos_token_id", END)
        .text("tokenizer.chat_template", ChatMl.SMOLLM2_SOURCE);
  }

  /** The character that stands for a byte, found by trying. */
  private static String written(byte wanted) {
    for (char c = '!'; c < 512; c++) {
      byte[] bytes = ByteAlphabet.decode(String.valueOf(c));
      if (bytes.length == 1 && bytes[0] == wanted && (c < 128 || c >= 0xa1)) {
        return String.valueOf(c);
      }
    }
    throw new IllegalStateException("no character for byte " + wanted);
  }

  private static void tensor(
      TestingGguf file,
      boolean widened,
      Random random,
      String name,
      String format,
      float size,
      long... shape) {
    TensorFormat as = TensorFormats.byName(format).orElseThrow();
    long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    byte[] bytes = TestingGguf.random(as, elements, size, random);
    if (widened) {
      TensorFormat wide = TensorFormats.byName("F32").orElseThrow();
      float[] values = new float[(int) elements];
      as.decode(TestingGguf.segment(bytes), 0, values, 0, values.length / as.blockSize());
      java.nio.ByteBuffer out =
          java.nio.ByteBuffer.allocate(4 * values.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      for (float value : values) {
        out.putFloat(value);
      }
      file.tensor(name + ".weight", wide, out.array(), shape);
    } else {
      file.tensor(name + ".weight", as, bytes, shape);
    }
  }

  static int[] tokens(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] out = new int[bytes.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = bytes[i] & 0xff;
    }
    return out;
  }
}
