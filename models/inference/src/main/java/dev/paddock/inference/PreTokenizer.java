package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Parts a text into the pieces within which pairs are merged. Each pattern parts what the one
 * before left over; what no pattern matches is a piece too.
 *
 * @param wholeWords a piece that is a token is taken as it is, without merging
 */
record PreTokenizer(List<Pattern> patterns, boolean wholeWords) {
  private static final String GPT2_PIECES =
      "'s|'t|'re|'ve|'m|'ll|'d"
          + "| ?\\p{L}+| ?\\p{N}+| ?[^\\p{IsWhite_Space}\\p{L}\\p{N}]+"
          + "|\\p{IsWhite_Space}+(?!\\P{IsWhite_Space})|\\p{IsWhite_Space}+";
  private static final String LLAMA3_PIECES =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}%s"
          + "| ?[^\\p{IsWhite_Space}\\p{L}\\p{N}]+[\\r\\n]*|\\p{IsWhite_Space}*[\\r\\n]+"
          + "|\\p{IsWhite_Space}+(?!\\P{IsWhite_Space})|\\p{IsWhite_Space}+";

  static final PreTokenizer GPT2 = of(false, GPT2_PIECES);

  /** Every digit is a piece. */
  static final PreTokenizer SMOLLM = of(false, "\\p{N}", GPT2_PIECES);

  static final PreTokenizer LLAMA3 = of(true, LLAMA3_PIECES.formatted("{1,3}"));
  static final PreTokenizer QWEN2 = of(false, LLAMA3_PIECES.formatted(""));

  private static PreTokenizer of(boolean wholeWords, String... sources) {
    return new PreTokenizer(Stream.of(sources).map(Pattern::compile).toList(), wholeWords);
  }

  /** By {@code tokenizer.ggml.pre}. */
  static PreTokenizer named(String name) {
    return switch (name) {
      case "gpt-2", "default" -> GPT2;
      case "smollm" -> SMOLLM;
      case "llama-bpe", "llama3", "llama-v3" -> LLAMA3;
      case "qwen2" -> QWEN2;
      default ->
          throw new ModelException(
              ErrorCode.INVALID_REQUEST,
              ("the model's pre-tokenizer \"%s\" is not one of gpt-2, default, smollm, llama-bpe,"
                      + " qwen2")
                  .formatted(name));
    };
  }

  void split(String text, Consumer<String> pieces) {
    split(text, 0, pieces);
  }

  private void split(String text, int stage, Consumer<String> pieces) {
    if (text.isEmpty()) {
      return;
    }
    if (stage == patterns.size()) {
      pieces.accept(text);
      return;
    }
    boolean isLast = stage == patterns.size() - 1;
    Matcher matcher = patterns.get(stage).matcher(text);
    int end = 0;
    while (matcher.find()) {
      if (matcher.start() > end) {
        split(text.substring(end, matcher.start()), stage + 1, pieces);
      }
      // a match of an earlier pattern is parted again, as its own fragment
      split(matcher.group(), isLast ? patterns.size() : stage + 1, pieces);
      end = matcher.end();
    }
    if (end < text.length()) {
      split(text.substring(end), stage + 1, pieces);
    }
  }
}
