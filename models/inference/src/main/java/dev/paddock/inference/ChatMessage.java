package dev.paddock.inference;

import dev.paddock.provider.spi.Message;
import java.util.List;

/** A message as chat templates know it. */
record ChatMessage(String role, String content, List<Message.Call> calls) {
  ChatMessage(String role, String content) {
    this(role, content, List.of());
  }
}
