package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Reads a tokenizer out of a GGUF file's metadata. */
final class GgufTokenizer {
  private static final int NORMAL = 1;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;

  private GgufTokenizer() {}

  static Tokenizer read(GgufFile file) {
    String kind = file.text("tokenizer.ggml.model").orElse("none");
    if (!kind.equals("gpt2")) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST,
          "%s: tokenizers of kind \"%s\" are not supported, only gpt2 (byte-level BPE)"
              .formatted(file.file(), kind));
    }
    List<byte[]> written =
        file.texts("tokenizer.ggml.tokens")
            .filter(list -> !list.isEmpty())
            .orElseThrow(() -> lacks(file, "tokens"));
    long[] types = file.wholes("tokenizer.ggml.token_type").orElse(new long[0]);
    List<byte[]> tokens = new ArrayList<>(written.size());
    BitSet special = new BitSet(written.size());
    for (int id = 0; id < written.size(); id++) {
      long type = id < types.length ? types[id] : NORMAL;
      boolean literal = type == CONTROL || type == USER_DEFINED;
      special.set(id, type == CONTROL);
      tokens.add(literal ? written.get(id) : ByteAlphabet.decode(written.get(id)));
    }
    List<byte[]> stored =
        file.texts("tokenizer.ggml.merges").orElseThrow(() -> lacks(file, "merges"));
    List<byte[][]> pairs = new ArrayList<>(stored.size());
    for (byte[] merge : stored) {
      pairs.add(pair(file, merge));
    }
    int end = id(file, "eot_token_id").or(() -> id(file, "eos_token_id")).orElse(-1);
    boolean begins = file.whole("tokenizer.ggml.add_bos_token").orElse(0L) != 0;
    return new Tokenizer(
        new Tokenizer.Parts(
            tokens,
            special,
            pairs,
            PreTokenizer.named(file.text("tokenizer.ggml.pre").orElse("default")),
            begins ? id(file, "bos_token_id").filter(b -> b < tokens.size()) : Optional.empty(),
            end,
            false));
  }

  private static Optional<Integer> id(GgufFile file, String name) {
    return file.whole("tokenizer.ggml." + name)
        .filter(id -> id >= 0 && id < Integer.MAX_VALUE)
        .map(Long::intValue);
  }

  private static byte[][] pair(GgufFile file, byte[] merge) {
    int blank = 0;
    while (blank < merge.length && merge[blank] != ' ') {
      blank++;
    }
    if (blank == 0 || blank >= merge.length - 1) {
      throw new ModelException(
          ErrorCode.CORRUPT, "%s: a merge of the tokenizer is no pair".formatted(file.file()));
    }
    return new byte[][] {
      ByteAlphabet.decode(Arrays.copyOf(merge, blank)),
      ByteAlphabet.decode(Arrays.copyOfRange(merge, blank + 1, merge.length))
    };
  }

  private static ModelException lacks(GgufFile file, String what) {
    return new ModelException(
        ErrorCode.CORRUPT, "%s lacks the tokenizer's %s".formatted(file.file(), what));
  }
}
