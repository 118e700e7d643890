package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ProviderState;
import dev.paddock.server.spi.Carried;
import java.util.Optional;

/**
 * What a model's provider wants back with the results of its calls. It travels with the first call,
 * in the field that others use for it too, so a client that sends messages back as they came needs
 * to know nothing of it.
 */
final class ChatState {
  private static final String EXTRA = "extra_content";
  private static final String OURS = "paddock";

  private ChatState() {}

  static void write(ObjectNode call, ProviderState state) {
    call.putObject(EXTRA).set(OURS, Carried.json(state));
  }

  static Optional<ProviderState> read(ObjectNode call) {
    return Carried.state(call.path(EXTRA).path(OURS));
  }
}
