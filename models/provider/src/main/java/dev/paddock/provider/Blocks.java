package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;

/** Content blocks where a provider has no form of its own for them. */
final class Blocks {
  private Blocks() {}

  static String searchResult(ContentBlock.SearchResult hit) {
    StringBuilder out = new StringBuilder(hit.title()).append('\n').append(hit.source());
    for (JsonNode part : hit.content()) {
      out.append("\n\n").append(part.path("text").asText());
    }
    return out.toString();
  }

  static String redacted() {
    return "[redacted]";
  }

  static ModelException unusable(Endpoint endpoint, String what, JsonNode source) {
    return new ModelException(
        ErrorCode.INVALID_REQUEST,
        "%s takes no %s with a source of type \"%s\"; send it as base64, text or url"
            .formatted(endpoint.provider(), what, source.path("type").asText()));
  }
}
