package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.server.spi.ServerException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fields of an object of a request, by their place in it. A null is a field that is not there.
 */
final class Fields {
  private final ObjectNode object;
  private final String place;
  private final Set<String> known = new HashSet<>();

  Fields(ObjectNode object, String place) {
    this.object = object;
    this.place = place;
  }

  static Fields of(JsonNode node, String place) {
    if (node instanceof ObjectNode object) {
      return new Fields(object, place);
    }
    throw wrong(place, "an object", node);
  }

  static ServerException wrong(String place, String wanted, JsonNode found) {
    return ServerException.invalid(
        shown(place), "must be %s, not %s".formatted(wanted, kind(found)));
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "an array";
      case OBJECT, POJO -> "an object";
      case STRING, BINARY -> "a string";
      case NUMBER -> "the number " + shown(node.asText());
      case BOOLEAN -> node.asText();
      case NULL -> "null";
      case MISSING -> "nothing";
    };
  }

  /** Names and values come from outside: messages show their beginning. */
  static String shown(String text) {
    return text.length() > 120 ? text.substring(0, 120) + "…" : text;
  }

  String at(String name) {
    return place.isEmpty() ? name : place + "." + name;
  }

  Optional<JsonNode> find(String name) {
    known.add(name);
    JsonNode value = object.path(name);
    return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  JsonNode required(String name) {
    return find(name)
        .orElseThrow(() -> ServerException.invalid(shown(at(name)), "this field is required"));
  }

  Optional<String> text(String name) {
    return find(name).map(value -> text(value, at(name)));
  }

  String requiredText(String name) {
    return text(required(name), at(name));
  }

  static String text(JsonNode value, String place) {
    if (!value.isTextual()) {
      throw wrong(place, "a string", value);
    }
    return value.textValue();
  }

  Optional<String> oneOf(String name, Set<String> allowed) {
    Optional<String> value = text(name);
    if (value.isPresent() && !allowed.contains(value.get())) {
      throw ServerException.invalid(
          shown(at(name)),
          "\"%s\" is none of %s"
              .formatted(shown(value.get()), String.join(", ", new TreeSet<>(allowed))));
    }
    return value;
  }

  boolean flag(String name, boolean usual) {
    Optional<JsonNode> value = find(name);
    if (value.isPresent() && !value.get().isBoolean()) {
      throw wrong(at(name), "true or false", value.get());
    }
    return value.map(JsonNode::booleanValue).orElse(usual);
  }

  Optional<Double> number(String name, double least, double most) {
    Optional<JsonNode> value = find(name);
    if (value.isPresent()) {
      double number = value.get().doubleValue();
      if (!value.get().isNumber() || !(number >= least && number <= most)) {
        throw wrong(at(name), "a number from %s to %s".formatted(least, most), value.get());
      }
    }
    return value.map(JsonNode::doubleValue);
  }

  Optional<Long> whole(String name, long least, long most) {
    Optional<JsonNode> value = find(name);
    if (value.isPresent()) {
      JsonNode number = value.get();
      boolean fits =
          number.isIntegralNumber()
              && number.canConvertToLong()
              && number.longValue() >= least
              && number.longValue() <= most;
      if (!fits) {
        throw wrong(at(name), "a whole number from %d to %d".formatted(least, most), number);
      }
    }
    return value.map(JsonNode::longValue);
  }

  Optional<Fields> object(String name) {
    return find(name).map(value -> Fields.of(value, at(name)));
  }

  List<Item> list(String name, int most) {
    return find(name).map(value -> items(value, at(name), most)).orElse(List.of());
  }

  /** One element of an array. */
  record Item(JsonNode value, String place) {}

  static List<Item> items(JsonNode value, String place, int most) {
    if (!value.isArray()) {
      throw wrong(place, "an array", value);
    }
    if (value.size() > most) {
      throw ServerException.invalid(
          shown(place), "has %,d elements; at most %,d".formatted(value.size(), most));
    }
    List<Item> items = new ArrayList<>();
    for (JsonNode element : value) {
      items.add(new Item(element, "%s[%d]".formatted(place, items.size())));
    }
    return items;
  }

  /** Takes fields that are understood and have no effect here. */
  Fields ignoring(String... names) {
    known.addAll(List.of(names));
    return this;
  }

  /** Refuses a field that asks for what this release does not have. */
  void notOffered(String name, String what) {
    find(name)
        .ifPresent(
            value -> {
              throw missing(at(name), what);
            });
  }

  static ServerException missing(String field, String what) {
    return ServerException.invalid(
        shown(field), what + " is not offered by this release of Paddock");
  }

  /** Refuses fields that nothing asked for. */
  void noOthers() {
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw ServerException.invalid(
                    shown(at(name)), "unknown field; see the API's reference for its name");
              }
            });
  }

  ObjectNode all() {
    return object;
  }
}
