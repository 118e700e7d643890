package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A JSON object from outside. Whatever is not as the API says is an {@code invalid_request_error}
 * that names the field, such as {@code tools[2].configs[0].name}. An explicit null counts as left
 * out, except for {@link #cleared}.
 */
final class Fields {
  private final String path;
  private final ObjectNode object;

  private Fields(String path, ObjectNode object) {
    this.path = path;
    this.object = object;
  }

  static Fields of(Request request, String... allowed) throws IOException {
    ObjectNode body = request.json();
    Texts.requireStorable(body);
    Fields fields = new Fields("", body);
    fields.only(allowed);
    return fields;
  }

  static Fields of(ObjectNode object, String path) {
    return new Fields(path, object);
  }

  /** Refuses every other key. */
  void only(String... allowed) {
    Set<String> known = Set.of(allowed);
    for (String key : (Iterable<String>) object::fieldNames) {
      if (!known.contains(key)) {
        throw invalid(Texts.shortened(key), "unknown field; known are " + new TreeSet<>(known));
      }
    }
  }

  ObjectNode json() {
    return object;
  }

  String path() {
    return path;
  }

  String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  ServerException invalid(String key, String message) {
    return ServerException.invalid(name(key), message);
  }

  boolean has(String key) {
    return object.hasNonNull(key);
  }

  /** Whether the key was sent as null, which clears what is stored. */
  boolean cleared(String key) {
    return object.path(key).isNull();
  }

  /** Whether the key was sent at all. */
  boolean sent(String key) {
    return object.has(key);
  }

  Optional<String> text(String key, int max) {
    JsonNode value = object.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw invalid(key, "must be a string");
    }
    String text = value.textValue();
    int length = text.codePointCount(0, text.length());
    if (length > max) {
      throw invalid(key, "must have at most %,d characters, it has %,d".formatted(max, length));
    }
    return Optional.of(text);
  }

  String requiredText(String key, int max) {
    String text = text(key, max).orElseThrow(() -> invalid(key, "is required"));
    if (text.isEmpty()) {
      throw invalid(key, "must not be empty");
    }
    return text;
  }

  /** One of these words. */
  Optional<String> word(String key, String... words) {
    Optional<String> text = text(key, 256);
    if (text.isPresent() && !List.of(words).contains(text.get())) {
      throw invalid(
          key,
          "must be one of %s, not \"%s\"".formatted(List.of(words), Texts.shortened(text.get())));
    }
    return text;
  }

  String requiredWord(String key, String... words) {
    return word(key, words)
        .orElseThrow(() -> invalid(key, "is required, one of " + List.of(words)));
  }

  Optional<Boolean> bool(String key) {
    JsonNode value = object.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isBoolean()) {
      throw invalid(key, "must be true or false");
    }
    return Optional.of(value.booleanValue());
  }

  Optional<Long> integer(String key, long min, long max) {
    JsonNode value = object.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw invalid(key, "must be an integer");
    }
    long number = value.longValue();
    if (number < min || number > max) {
      throw invalid(key, "must be from %d to %d".formatted(min, max));
    }
    return Optional.of(number);
  }

  Optional<Fields> object(String key, String... allowed) {
    JsonNode value = object.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!(value instanceof ObjectNode node)) {
      throw invalid(key, "must be an object");
    }
    Fields fields = new Fields(name(key), node);
    if (allowed.length > 0) {
      fields.only(allowed);
    }
    return Optional.of(fields);
  }

  Fields requiredObject(String key, String... allowed) {
    return object(key, allowed).orElseThrow(() -> invalid(key, "is required"));
  }

  /** The items of a list with their names, {@code key[0]} …; empty when it is left out. */
  List<Item> list(String key, int max) {
    JsonNode value = object.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return List.of();
    }
    if (!(value instanceof ArrayNode array)) {
      throw invalid(key, "must be an array");
    }
    if (array.size() > max) {
      throw invalid(key, "must have at most %,d items, it has %,d".formatted(max, array.size()));
    }
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      items.add(new Item("%s[%d]".formatted(name(key), i), array.get(i)));
    }
    return items;
  }

  List<Fields> objects(String key, int max) {
    return list(key, max).stream().map(Item::object).toList();
  }

  List<String> texts(String key, int max, int maxLength) {
    return list(key, max).stream().map(item -> item.text(maxLength)).toList();
  }

  /** An item of a list. */
  record Item(String path, JsonNode value) {
    Fields object() {
      if (!(value instanceof ObjectNode node)) {
        throw ServerException.invalid(path, "must be an object");
      }
      return new Fields(path, node);
    }

    String text(int max) {
      if (!value.isTextual() || value.textValue().isEmpty()) {
        throw ServerException.invalid(path, "must be a string that is not empty");
      }
      if (value.textValue().length() > max) {
        throw ServerException.invalid(path, "must have at most %,d characters".formatted(max));
      }
      return value.textValue();
    }
  }
}
