package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ProviderState;
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
    ObjectNode ours = call.putObject(EXTRA).putObject(OURS);
    ours.put("provider", state.provider()).set("state", state.value());
  }

  static Optional<ProviderState> read(ObjectNode call) {
    JsonNode ours = call.path(EXTRA).path(OURS);
    JsonNode state = ours.path("state");
    return ours.path("provider").isTextual() && state.isContainerNode()
        ? Optional.of(new ProviderState(ours.path("provider").textValue(), state))
        : Optional.empty();
  }
}
