package dev.paddock.server.spi;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;

/** How long an answer of a model has become that is kept until it is whole. */
public final class AnswerSize {
  private static final int MAX_CHARS = 8 << 20;

  private long chars;

  /**
   * Counts what came.
   *
   * @throws ModelException {@code LIMIT_EXCEEDED} when the answer is longer than 8 Mi characters
   */
  public void add(String more) {
    chars += more.length();
    if (chars > MAX_CHARS) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "the model's answer is larger than %,d characters".formatted(MAX_CHARS));
    }
  }
}
