package dev.paddock.agent;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one YAML document of a file that nobody vouches for: no anchors and aliases, no tags, no
 * key twice, at most 32 levels and 10,000 values.
 */
final class YamlReader {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_VALUES = 10_000;
  private static final YAMLFactory FACTORY =
      YAMLFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH + 1)
                  .maxNumberLength(100)
                  .build())
          .build();

  private final String file;
  private final int firstLine;
  private int values;

  private YamlReader(String file, int firstLine) {
    this.file = file;
    this.firstLine = firstLine;
  }

  /**
   * @param firstLine the line of the file that {@code text} begins on
   * @throws AgentException naming file and line; an empty document is an empty mapping
   */
  static YamlValue read(String file, int firstLine, String text) {
    YamlReader reader = new YamlReader(file, firstLine);
    try (YAMLParser in = FACTORY.createParser(text)) {
      if (in.nextToken() == null) {
        return new YamlValue.Mapping(firstLine, Map.of());
      }
      YamlValue value = reader.value(in, 1);
      if (in.nextToken() != null) {
        throw reader.invalid(reader.line(in), "a second document starts here; write only one");
      }
      return value;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw reader.invalid(firstLine - 1 + Math.max(1, line), "invalid YAML: " + firstSentence(e));
    } catch (IOException e) {
      throw reader.invalid(firstLine, "cannot be read: " + e.getMessage());
    }
  }

  private YamlValue value(YAMLParser in, int depth) throws IOException {
    int line = line(in);
    if (++values > MAX_VALUES) {
      throw invalid(line, "more than %,d values".formatted(MAX_VALUES));
    }
    if (depth > MAX_DEPTH) {
      throw invalid(line, "nested deeper than %d levels".formatted(MAX_DEPTH));
    }
    if (in.isCurrentAlias() || in.getObjectId() != null) {
      throw invalid(line, "anchors (&) and aliases (*) are not supported; write the value out");
    }
    if (in.getTypeId() != null) {
      throw invalid(line, "tags (!) are not supported");
    }
    return switch (in.currentToken()) {
      case START_OBJECT -> mapping(in, line, depth);
      case START_ARRAY -> sequence(in, line, depth);
      default -> new YamlValue.Scalar(line, text(in), scalar(in));
    };
  }

  private YamlValue mapping(YAMLParser in, int line, int depth) throws IOException {
    Map<String, YamlValue.Mapping.Entry> entries = new LinkedHashMap<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      int keyLine = line(in);
      String key = in.currentName();
      in.nextToken();
      if (entries.containsKey(key)) {
        throw invalid(keyLine, "the key \"%s\" stands here a second time".formatted(key));
      }
      entries.put(key, new YamlValue.Mapping.Entry(keyLine, value(in, depth + 1)));
    }
    return new YamlValue.Mapping(line, entries);
  }

  private YamlValue sequence(YAMLParser in, int line, int depth) throws IOException {
    List<YamlValue> items = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(in, depth + 1));
    }
    return new YamlValue.Sequence(line, items);
  }

  private static String text(JsonParser in) throws IOException {
    String text = in.getText();
    return text == null ? "" : text;
  }

  private static JsonNode scalar(JsonParser in) throws IOException {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (in.currentToken()) {
      case VALUE_NUMBER_INT ->
          switch (in.getNumberType()) {
            case INT -> nodes.numberNode(in.getIntValue());
            case LONG -> nodes.numberNode(in.getLongValue());
            default -> nodes.numberNode(in.getBigIntegerValue());
          };
      case VALUE_NUMBER_FLOAT -> nodes.numberNode(in.getDoubleValue());
      case VALUE_TRUE -> nodes.booleanNode(true);
      case VALUE_FALSE -> nodes.booleanNode(false);
      case VALUE_NULL -> nodes.nullNode();
      default -> text(in).isEmpty() ? nodes.nullNode() : nodes.textNode(text(in));
    };
  }

  private int line(JsonParser in) {
    return firstLine - 1 + Math.max(1, in.currentTokenLocation().getLineNr());
  }

  private static String firstSentence(JsonProcessingException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("cannot be understood");
  }

  private AgentException invalid(int line, String what) {
    return new AgentException(ErrorCode.INVALID_REQUEST, "%s:%d: %s".formatted(file, line, what));
  }
}
