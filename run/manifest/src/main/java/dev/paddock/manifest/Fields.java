package dev.paddock.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fields of one JSON object.
 *
 * @param path of the object in the manifest
 */
record Fields(String path, ObjectNode json) {
  static final int MAX_TEXT = 4_096;
  private static final int SHOWN = 80;

  static Fields of(String path, JsonNode value) {
    if (!(value instanceof ObjectNode json)) {
      throw ManifestException.wrong(path, "must be an object, not " + kind(value));
    }
    return new Fields(path, json);
  }

  static String field(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** The path of what stands under a key that anybody may choose. */
  static String member(String path, String key) {
    return "%s.\"%s\"".formatted(path, shown(key));
  }

  static String item(String path, int index) {
    return "%s[%d]".formatted(path, index);
  }

  /** On one line, and not long. */
  static String shown(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .limit(SHOWN)
        .forEach(
            point ->
                out.appendCodePoint(
                    Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE
                        ? 0xfffd
                        : point));
    return text.codePointCount(0, text.length()) > SHOWN ? out + "…" : out.toString();
  }

  static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT, POJO -> "an object";
      case STRING, BINARY -> "a text";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case NULL -> "null";
      case MISSING -> "missing";
    };
  }

  void only(Set<String> known) {
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (!known.contains(field.getKey())) {
        throw ManifestException.wrong(
            path,
            "there is no field \"%s\" here; there are: %s"
                .formatted(shown(field.getKey()), String.join(", ", new TreeSet<>(known))));
      }
    }
  }

  boolean has(String name) {
    return json.hasNonNull(name);
  }

  String at(String name) {
    return field(path, name);
  }

  ManifestException wrong(String name, String what) {
    return ManifestException.wrong(at(name), what);
  }

  String text(String name) {
    return optionalText(name)
        .filter(text -> !text.isEmpty())
        .orElseThrow(() -> wrong(name, "must be there and not empty"));
  }

  Optional<String> optionalText(String name) {
    return has(name) ? Optional.of(text(at(name), json.get(name), MAX_TEXT)) : Optional.empty();
  }

  static String text(String path, JsonNode value, int most) {
    if (!value.isTextual()) {
      throw ManifestException.wrong(path, "must be a text, not " + kind(value));
    }
    String text = value.textValue();
    if (text.length() > most) {
      throw ManifestException.wrong(path, "has more than %,d characters".formatted(most));
    }
    if (text.codePoints()
        .anyMatch(point -> point == 0 || Character.getType(point) == Character.SURROGATE)) {
      throw ManifestException.wrong(path, "has a zero, or half a surrogate pair");
    }
    return text;
  }

  /** A text of one line: it may stand in another program's configuration. */
  Optional<String> optionalLine(String name) {
    Optional<String> text = optionalText(name);
    if (text.isPresent() && text.get().chars().anyMatch(Character::isISOControl)) {
      throw wrong(name, "has a line break or another control character");
    }
    return text;
  }

  boolean flag(String name, boolean usual) {
    JsonNode value = json.get(name);
    if (value == null) {
      return usual;
    }
    if (!value.isBoolean()) {
      throw wrong(name, "must be true or false, not " + kind(value));
    }
    return value.booleanValue();
  }

  int number(String name, int usual, int least, int most) {
    JsonNode value = json.get(name);
    if (value == null) {
      return usual;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < least
        || value.intValue() > most) {
      throw wrong(name, "must be a whole number from %d to %d".formatted(least, most));
    }
    return value.intValue();
  }

  Optional<Fields> object(String name) {
    JsonNode value = json.get(name);
    return value == null ? Optional.empty() : Optional.of(of(at(name), value));
  }

  /** The members of a list, by their own paths. */
  List<Item> list(String name, int most) {
    JsonNode value = json.get(name);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw wrong(name, "must be a list, not " + kind(value));
    }
    if (value.size() > most) {
      throw wrong(name, "has %,d members; at most %,d".formatted(value.size(), most));
    }
    List<Item> items = new ArrayList<>();
    value.forEach(item -> items.add(new Item(item(at(name), items.size()), item)));
    return items;
  }

  /** A value and its path. */
  record Item(String path, JsonNode value) {}
}
