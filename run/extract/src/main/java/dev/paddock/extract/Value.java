package dev.paddock.extract;

import java.util.Optional;

/**
 * What was found for a field.
 *
 * @param text as printed
 * @param plain in the field's plain form, empty where the document lacks the value
 */
record Value(String text, String plain, Optional<Span> span, Mark mark) {
  static Value absent(Mark mark) {
    return new Value("", "", Optional.empty(), mark);
  }

  /** How far a value can be relied on. */
  sealed interface Mark {
    /** Nothing speaks against it. */
    record Ok() implements Mark {}

    /** It may be wrong. */
    record Unsure(String reason) implements Mark {}

    /** It breaks a rule of the schema, or is missing though it is required. */
    record Failed(String reason) implements Mark {}
  }
}
