package dev.paddock.inference;

import dev.paddock.core.ContentBlock;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The texts of a request from which a value can be copied: {@code user} and {@code tools}, all that
 * these said, one text after the other.
 */
final class RequestTexts {
  private RequestTexts() {}

  static Map<String, String> of(ModelRequest request) {
    StringBuilder user = new StringBuilder();
    StringBuilder tools = new StringBuilder();
    for (Message message : request.messages()) {
      switch (message) {
        case Message.User m -> user.append(ContentBlock.textOf(m.content())).append('\n');
        case Message.ToolResult m -> tools.append(ContentBlock.textOf(m.content())).append('\n');
        case Message.Assistant a -> {}
        case Message.Instruction i -> {}
      }
    }
    Map<String, String> out = new LinkedHashMap<>();
    out.put("user", user.toString());
    out.put("tools", tools.toString());
    out.values().removeIf(String::isBlank);
    return out;
  }
}
