package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import java.util.Base64;
import java.util.Optional;

/**
 * How what a provider wants back travels through a client that sends content blocks as they came.
 * Anthropic's own models have signed thinking blocks for it; for others it stands encoded in a
 * redacted thinking block.
 */
final class MessageCarrier {
  private static final String MARK = "pdk1.";
  private static final String ANTHROPIC = "anthropic";

  private MessageCarrier() {}

  static boolean isSigned(ProviderState state) {
    return state.provider().equals(ANTHROPIC);
  }

  static ObjectNode block(ProviderState state) {
    ObjectNode carried = Json.object().put("provider", state.provider());
    carried.set("state", state.value());
    String data = Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(carried));
    return Json.object().put("type", "redacted_thinking").put("data", MARK + data);
  }

  /** What an earlier answer carried; empty for a block that its own provider made. */
  static Optional<ProviderState> read(Fields block) {
    String data = block.json().path("data").asText("");
    if (!data.startsWith(MARK)) {
      return Optional.empty();
    }
    try {
      byte[] json = Base64.getUrlDecoder().decode(data.substring(MARK.length()));
      ObjectNode carried = Json.read(json, ObjectNode.class);
      if (carried.path("provider").isTextual() && carried.path("state").isContainerNode()) {
        return Optional.of(
            new ProviderState(carried.path("provider").textValue(), carried.path("state")));
      }
    } catch (IllegalArgumentException | CoreException e) {
      throw block.invalid("data", "cannot be read; send it back as it came, or leave it out");
    }
    throw block.invalid("data", "cannot be read; send it back as it came, or leave it out");
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
