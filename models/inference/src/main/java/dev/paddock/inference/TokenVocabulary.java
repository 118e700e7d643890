package dev.paddock.inference;

import java.util.List;

/** The tokens of a model, {@code 0} to {@code size - 1}, as bytes. */
public interface TokenVocabulary {
  int size();

  /**
   * The UTF-8 bytes that the token stands for, possibly part of a character; those of a special
   * token are the bytes of its name. The array is shared: it must not be changed.
   */
  byte[] bytes(int token);

  /** A control token such as the end of a turn, that is never part of a text. */
  boolean special(int token);

  /** The token that ends the model's turn. */
  int endOfTurn();

  /** The tokens of a plain text; special tokens' names in it are text like any other. */
  List<Integer> encode(String text);

  /** The length of a bit set over all tokens. */
  default int maskWords() {
    return (size() + 63) >> 6;
  }
}
