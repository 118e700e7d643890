package dev.paddock.inference;

import dev.paddock.core.spi.ToolDefinition;
import java.util.List;

/** Writes a conversation the way the model was trained on, up to where its answer begins. */
interface ChatTemplate {
  String render(List<ChatMessage> messages, List<ToolDefinition> tools);

  /** Whether it has a place of its own for tools and for their results. */
  boolean knowsTools();

  /** The template of a model file; one that is known is rendered without the Jinja library. */
  static ChatTemplate of(String source, Tokenizer tokenizer) {
    return source.equals(ChatMl.SMOLLM2_SOURCE)
        ? new ChatMl(ChatMl.SMOLLM2_SYSTEM)
        : new JinjaTemplate(source, tokenizer);
  }
}
