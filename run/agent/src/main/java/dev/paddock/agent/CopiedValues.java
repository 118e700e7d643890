package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.Origin;
import java.util.List;
import java.util.Optional;

/** The log's form of where copied values come from. */
final class CopiedValues {
  /** A value such as "1" may stand at thousands of places, which tell nothing. */
  private static final int MAX_SPANS = 16;

  private CopiedValues() {}

  static Optional<JsonNode> json(List<Origin> origins) {
    if (origins.isEmpty()) {
      return Optional.empty();
    }
    ArrayNode list = Json.object().arrayNode();
    for (Origin origin : origins) {
      ObjectNode out = list.addObject();
      out.put("pointer", origin.pointer()).put("value", origin.value());
      ArrayNode spans = out.putArray("spans");
      origin.spans().stream()
          .limit(MAX_SPANS)
          .forEach(
              span ->
                  spans
                      .addObject()
                      .put("source", span.source())
                      .put("start", span.start())
                      .put("end", span.end()));
      if (origin.spans().size() > MAX_SPANS) {
        out.put("more", origin.spans().size() - MAX_SPANS);
      }
    }
    return Optional.of(list);
  }
}
