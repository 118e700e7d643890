package dev.paddock.web;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalInt;

/**
 * How an agent configures {@code web_fetch}.
 *
 * @param maxTokens of a page's text
 */
public record FetchSettings(Domains domains, OptionalInt maxTokens) {
  public static final FetchSettings NONE = new FetchSettings(Domains.ALL, OptionalInt.empty());

  /** The tool's configuration in the Managed Agents API. */
  public static FetchSettings read(JsonNode config) {
    JsonNode tokens = config.path("max_content_tokens");
    return new FetchSettings(
        Domains.read(config),
        tokens.canConvertToInt() ? OptionalInt.of(tokens.intValue()) : OptionalInt.empty());
  }
}
