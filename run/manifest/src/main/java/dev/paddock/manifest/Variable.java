package dev.paddock.manifest;

import java.util.Optional;

/** A variable of the environment, and the form that it was written in. */
public record Variable(String value, Form form, Optional<String> description, boolean ephemeral) {
  /** How it was written. */
  public enum Form {
    /** A text alone. */
    TEXT,
    /** {@code {type: str, value: …}}. */
    TYPED,
    /** {@code {description, ephemeral, value: {…}}}. */
    DESCRIBED
  }
}
