package dev.paddock.provider;

import dev.paddock.core.ErrorCode;

/** A key that is sent and never shown. */
record Secret(String value) {
  /**
   * @param source the variable it came from, for the error
   */
  static Secret of(String value, String source) {
    if (!value.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST,
          "%s holds a character that no key has; set it to printable ASCII without spaces"
              .formatted(source));
    }
    return new Secret(value);
  }

  /** Takes the key out of a text that a stranger wrote. */
  String scrub(String text) {
    return text.replace(value, "***");
  }

  @Override
  public String toString() {
    return "***";
  }
}
