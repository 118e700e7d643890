package dev.paddock.openai;

import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelRequest;
import java.util.List;
import java.util.Optional;

/** Makes a conversation that is too long shorter. */
final class Truncation {
  private Truncation() {}

  /** Without the older half of its turns; empty when only one is left. */
  static Optional<ModelRequest> shorten(ModelRequest request) {
    List<Message> messages = request.messages();
    int from = Math.max(1, messages.size() / 2);
    while (from < messages.size() && !(messages.get(from) instanceof Message.User)) {
      from++;
    }
    return from < messages.size()
        ? Optional.of(request.withMessages(List.copyOf(messages.subList(from, messages.size()))))
        : Optional.empty();
  }
}
