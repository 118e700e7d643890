package dev.paddock.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import java.util.List;

/** A part of an interaction's input: what is new, or what was said before and is told again. */
sealed interface InputItem {
  /** From the person or program that asks. */
  record User(List<ContentBlock> content) implements InputItem {}

  /** What the model thought. */
  record Thought(String text) implements InputItem {}

  /** What the model said. */
  record Output(String text) implements InputItem {}

  /**
   * A call that the model made.
   *
   * @param byClient whether the client runs such calls
   */
  record Call(String id, String name, ObjectNode arguments, boolean byClient, String place)
      implements InputItem {}

  /** What a call came to. */
  record Result(String callId, List<ContentBlock> content, boolean isError, String place)
      implements InputItem {}
}
