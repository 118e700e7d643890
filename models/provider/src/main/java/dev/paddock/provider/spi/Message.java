package dev.paddock.provider.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.ProviderState;
import java.util.List;
import java.util.Optional;

/** One message of a conversation. */
public sealed interface Message {
  /** From the person or program that asks. */
  record User(List<ContentBlock> content) implements Message {
    public static User of(String text) {
      return new User(List.of(ContentBlock.text(text)));
    }
  }

  /**
   * From the model.
   *
   * @param state what its provider wanted kept; a model of another provider ignores it
   */
  record Assistant(
      String text, List<Call> calls, Optional<String> thinking, Optional<ProviderState> state)
      implements Message {
    public static Assistant of(String text) {
      return new Assistant(text, List.of(), Optional.empty(), Optional.empty());
    }
  }

  /** The result of a call of the assistant message before. */
  record ToolResult(String callId, String toolName, List<ContentBlock> content, boolean isError)
      implements Message {}

  /** An instruction in the middle of a conversation. */
  record Instruction(String text) implements Message {}

  /** A call within an assistant message. */
  record Call(String id, String name, ObjectNode input) {}
}
