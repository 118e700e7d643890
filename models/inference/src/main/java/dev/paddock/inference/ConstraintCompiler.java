package dev.paddock.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Turns a JSON Schema into masks over the tokens of one vocabulary; safe for many threads. */
public interface ConstraintCompiler {
  /**
   * A new mask at the beginning of the value. What is costly about a schema is kept, so that the
   * same schema compiles in no time again.
   *
   * @param sources texts by name, from which values marked {@code x-paddock-source} are copied
   * @throws dev.paddock.provider.ModelException if the schema is none or uses what is not supported
   */
  TokenMask compile(ObjectNode schema, Map<String, String> sources);

  /** Makes the compiler of one vocabulary. */
  @FunctionalInterface
  interface Factory {
    ConstraintCompiler create(TokenVocabulary vocabulary);
  }
}
