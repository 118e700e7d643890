package dev.paddock.server.spi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import java.util.Base64;
import java.util.Optional;

/**
 * What travels through a client that sends it back without looking into it. It is encoded, not
 * encrypted; a client that alters it alters only what its own model is told.
 */
public final class Carried {
  private static final String MARK = "pdk1.";

  private Carried() {}

  /** Whether a text claims to be one of ours. */
  public static boolean isMarked(String text) {
    return text.startsWith(MARK);
  }

  public static String write(ObjectNode value) {
    return MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(value));
  }

  /** Empty for what {@link #write} did not make. */
  public static Optional<ObjectNode> read(String text) {
    if (!isMarked(text)) {
      return Optional.empty();
    }
    try {
      byte[] json = Base64.getUrlDecoder().decode(text.substring(MARK.length()));
      return Optional.of(Json.read(json, ObjectNode.class));
    } catch (IllegalArgumentException | CoreException e) {
      return Optional.empty();
    }
  }

  public static ObjectNode json(ProviderState state) {
    ObjectNode out = Json.object().put("provider", state.provider());
    out.set("state", state.value());
    return out;
  }

  /** Empty where it has not the form of {@link #json}. */
  public static Optional<ProviderState> state(JsonNode json) {
    JsonNode state = json.path("state");
    return json.path("provider").isTextual() && state.isContainerNode()
        ? Optional.of(new ProviderState(json.path("provider").textValue(), state))
        : Optional.empty();
  }
}
