package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.server.spi.Carried;
import java.util.Optional;

/**
 * How what a provider wants back travels through a client that sends content blocks as they came.
 * Anthropic's own models have signed thinking blocks for it; for others it stands encoded in a
 * redacted thinking block.
 */
final class MessageCarrier {
  private static final String ANTHROPIC = "anthropic";

  private MessageCarrier() {}

  static boolean isSigned(ProviderState state) {
    return state.provider().equals(ANTHROPIC);
  }

  static ObjectNode block(ProviderState state) {
    return Json.object()
        .put("type", "redacted_thinking")
        .put("data", Carried.write(Carried.json(state)));
  }

  /** What an earlier answer carried; empty for a block that its own provider made. */
  static Optional<ProviderState> read(Fields block) {
    String data = block.json().path("data").asText("");
    if (!Carried.isMarked(data)) {
      return Optional.empty();
    }
    Optional<ProviderState> state = Carried.read(data).flatMap(Carried::state);
    if (state.isEmpty()) {
      throw block.invalid("data", "cannot be read; send it back as it came, or leave it out");
    }
    return state;
  }

  /** The layout of an answer whose thinking is signed. */
  static final class Layout {
    private final ArrayNode parts = Json.mapper().createArrayNode();
    private boolean signed;

    void kept(ObjectNode block) {
      signed = true;
      parts.addObject().set("kept", block);
    }

    void text(int length) {
      parts.addObject().put("text", length);
    }

    void call(int index) {
      parts.addObject().put("call", index);
    }

    Optional<ProviderState> state() {
      return signed ? Optional.of(new ProviderState(ANTHROPIC, parts)) : Optional.empty();
    }
  }
}
