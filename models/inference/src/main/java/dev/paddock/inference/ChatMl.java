package dev.paddock.inference;

import dev.paddock.core.spi.ToolDefinition;
import java.util.List;

/**
 * The ChatML form.
 *
 * @param defaultSystem what the system says where a conversation does not begin with it
 */
record ChatMl(String defaultSystem) implements ChatTemplate {
  static final String SMOLLM2_SYSTEM =
      "You are a helpful AI assistant named SmolLM, trained by Hugging Face";

  static final String SMOLLM2_SOURCE =
      "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
          + "{{ '<|im_start|>system\n"
          + SMOLLM2_SYSTEM
          + "<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n'"
          + " + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
          + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

  @Override
  public String render(List<ChatMessage> messages, List<ToolDefinition> tools) {
    StringBuilder out = new StringBuilder();
    if (!messages.isEmpty() && !messages.getFirst().role().equals("system")) {
      write(out, "system", defaultSystem);
    }
    messages.forEach(message -> write(out, message.role(), message.content()));
    return out.append("<|im_start|>assistant\n").toString();
  }

  private static void write(StringBuilder out, String role, String content) {
    out.append("<|im_start|>").append(role).append('\n').append(content).append("<|im_end|>\n");
  }

  @Override
  public boolean knowsTools() {
    return false;
  }
}
