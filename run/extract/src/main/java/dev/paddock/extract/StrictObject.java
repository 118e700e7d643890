package dev.paddock.extract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** An object read member by member; {@link #done()} refuses any that was never asked for. */
final class StrictObject {
  private static final int MAX_PATTERN = 4_000;

  private final ObjectNode node;
  private final String pointer;
  private final Set<String> known = new HashSet<>();

  private StrictObject(ObjectNode node, String pointer) {
    this.node = node;
    this.pointer = pointer;
  }

  static StrictObject of(JsonNode node, String pointer) {
    if (node instanceof ObjectNode object) {
      return new StrictObject(object, pointer);
    }
    throw error(pointer, "must be an object");
  }

  static ExtractException error(String pointer, String problem) {
    return ExtractException.invalid((pointer.isEmpty() ? "/" : pointer) + ": " + problem);
  }

  String pointer(String member) {
    return pointer + "/" + member.replace("~", "~0").replace("/", "~1");
  }

  ExtractException error(String problem) {
    return error(pointer, problem);
  }

  Optional<JsonNode> member(String name) {
    known.add(name);
    return Optional.ofNullable(node.get(name));
  }

  Optional<String> text(String name) {
    Optional<JsonNode> value = member(name);
    if (value.isPresent() && !(value.get().isTextual() && !value.get().textValue().isBlank())) {
      throw error(pointer(name), "must be a text");
    }
    return value.map(JsonNode::textValue);
  }

  boolean flag(String name) {
    Optional<JsonNode> value = member(name);
    if (value.isPresent() && !value.get().isBoolean()) {
      throw error(pointer(name), "must be true or false");
    }
    return value.map(JsonNode::booleanValue).orElse(false);
  }

  Optional<BigDecimal> number(String name) {
    Optional<JsonNode> value = member(name);
    if (value.isPresent() && !value.get().isNumber()) {
      throw error(pointer(name), "must be a number");
    }
    return value.map(JsonNode::decimalValue);
  }

  Optional<Pattern> pattern(String name) {
    return text(name).map(text -> pattern(text, pointer(name)));
  }

  /** One regular expression or a list of them. */
  List<Pattern> patterns(String name) {
    boolean one = node.path(name).isTextual();
    return one
        ? pattern(name).stream().toList()
        : texts(name).stream().map(text -> pattern(text, pointer(name))).toList();
  }

  private static Pattern pattern(String text, String at) {
    if (text.length() > MAX_PATTERN) {
      throw error(at, "is longer than " + MAX_PATTERN + " characters");
    }
    try {
      return Pattern.compile(text, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE);
    } catch (PatternSyntaxException e) {
      throw error(at, "no regular expression: " + e.getDescription());
    }
  }

  List<String> texts(String name) {
    Optional<JsonNode> value = member(name);
    return value.isPresent() ? texts(value.get(), pointer(name)) : List.of();
  }

  private static List<String> texts(JsonNode value, String at) {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : value) {
      if (!item.isTextual() || item.textValue().isBlank()) {
        throw error(at + "/" + texts.size(), "must be a text");
      }
      texts.add(item.textValue());
    }
    if (!value.isArray()) {
      throw error(at, "must be a list of texts");
    }
    return texts;
  }

  Optional<StrictObject> object(String name) {
    return member(name).map(value -> of(value, pointer(name)));
  }

  /** All members, in order. */
  Map<String, JsonNode> members() {
    Map<String, JsonNode> members = new LinkedHashMap<>();
    node.properties().forEach(entry -> members.put(entry.getKey(), entry.getValue()));
    known.addAll(members.keySet());
    return members;
  }

  Map<String, List<String>> textLists() {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    members().forEach((name, value) -> lists.put(name, texts(value, pointer(name))));
    return lists;
  }

  void done() {
    for (String name : (Iterable<String>) node::fieldNames) {
      if (!known.contains(name)) {
        throw error(
            pointer(name),
            "unknown member; known are " + String.join(", ", known.stream().sorted().toList()));
      }
    }
  }
}
