package dev.paddock.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;

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
