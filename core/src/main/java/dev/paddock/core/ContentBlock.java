package dev.paddock.core;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** One block of a message or a tool result, in the wire form of the Managed Agents API. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(ContentBlock.Text.class),
  @JsonSubTypes.Type(ContentBlock.Image.class),
  @JsonSubTypes.Type(ContentBlock.Document.class),
  @JsonSubTypes.Type(ContentBlock.SearchResult.class),
  @JsonSubTypes.Type(ContentBlock.Redacted.class)
})
@JsonIgnoreProperties(ignoreUnknown = true)
public sealed interface ContentBlock {

  /** Plain text. */
  @JsonTypeName("text")
  record Text(String text) implements ContentBlock {}

  /** An image; {@code source} is {@code {type: base64|url|file, …}}. */
  @JsonTypeName("image")
  record Image(JsonNode source) implements ContentBlock {}

  /** A document; {@code source} is {@code {type: base64|text|url|file, …}}. */
  @JsonTypeName("document")
  record Document(JsonNode source, Optional<String> title, Optional<String> context)
      implements ContentBlock {}

  /** One hit of a search tool. */
  @JsonTypeName("search_result")
  record SearchResult(
      String source, String title, List<JsonNode> content, Optional<ObjectNode> citations)
      implements ContentBlock {}

  /** Content that was taken out of the log; its digest still stands in the chain. */
  @JsonTypeName("redacted")
  record Redacted() implements ContentBlock {}

  static ContentBlock text(String text) {
    return new Text(text);
  }

  /** The text of all text blocks, joined by line ends. */
  static String textOf(List<ContentBlock> blocks) {
    StringBuilder out = new StringBuilder();
    for (ContentBlock block : blocks) {
      if (block instanceof Text t) {
        if (!out.isEmpty()) {
          out.append('\n');
        }
        out.append(t.text());
      }
    }
    return out.toString();
  }
}
