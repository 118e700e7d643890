package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A value of a YAML file and the line that it starts on. */
sealed interface YamlValue {
  int line();

  /** The value as JSON. */
  JsonNode json();

  /** What kind it is, in a message. */
  String kind();

  /**
   * A scalar.
   *
   * @param text as written
   * @param json its number, boolean, null or string
   */
  record Scalar(int line, String text, JsonNode json) implements YamlValue {
    @Override
    public String kind() {
      return json.isNull() ? "nothing" : "\"" + Excerpt.of(text, 60) + "\"";
    }
  }

  /** A list. */
  record Sequence(int line, List<YamlValue> items) implements YamlValue {
    @Override
    public JsonNode json() {
      ArrayNode out = Json.mapper().createArrayNode();
      items.forEach(item -> out.add(item.json()));
      return out;
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /** A mapping, in the order of the file. */
  record Mapping(int line, Map<String, Entry> entries) implements YamlValue {
    /** A value and the line of its key. */
    record Entry(int line, YamlValue value) {}

    Optional<Entry> find(String key) {
      return Optional.ofNullable(entries.get(key));
    }

    @Override
    public JsonNode json() {
      ObjectNode out = Json.object();
      entries.forEach((key, entry) -> out.set(key, entry.value().json()));
      return out;
    }

    @Override
    public String kind() {
      return "a mapping";
    }
  }
}
