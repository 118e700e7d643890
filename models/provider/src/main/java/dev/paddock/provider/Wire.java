package dev.paddock.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.ModelEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** JSON from a provider. */
final class Wire {
  private Wire() {}

  static ObjectNode object(Endpoint endpoint, String text) {
    try {
      JsonNode tree = Json.mapper().readTree(text);
      if (tree instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      // Jackson's message quotes the text, and with it whatever the other side put there.
      throw UpstreamErrors.garbled(
          endpoint, "an event that is no JSON: " + start(endpoint, text), null);
    }
    throw UpstreamErrors.garbled(
        endpoint, "an event that is no JSON object: " + start(endpoint, text), null);
  }

  /** A size that a provider tells of a model, if it does. */
  static OptionalLong size(JsonNode value) {
    return value.canConvertToLong() ? OptionalLong.of(value.longValue()) : OptionalLong.empty();
  }

  /** A token and its rivals; {@code number} is the field of the log-probability. */
  static ModelEvent.TokenLogprob logprob(JsonNode token, JsonNode rivals, String number) {
    List<ModelEvent.Alternative> others = new ArrayList<>();
    for (JsonNode rival : rivals) {
      others.add(
          new ModelEvent.Alternative(rival.path("token").asText(), rival.path(number).asDouble()));
    }
    return new ModelEvent.TokenLogprob(
        token.path("token").asText(), token.path(number).asDouble(), others);
  }

  static long count(Endpoint endpoint, JsonNode number) {
    if (!number.isIntegralNumber()) {
      throw UpstreamErrors.garbled(endpoint, "no count of tokens", null);
    }
    return number.longValue();
  }

  private static String start(Endpoint endpoint, String text) {
    return endpoint.quote(text.length() > 80 ? text.substring(0, 80) + "…" : text);
  }
}
