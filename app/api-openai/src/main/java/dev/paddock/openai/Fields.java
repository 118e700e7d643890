package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The fields of one object of a request, by their place in it. A null is a field that is not there.
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
    throw Refusal.type(place, "an object", node);
  }

  String at(String name) {
    return place.isEmpty() ? name : place + "." + name;
  }

  Optional<JsonNode> node(String name) {
    known.add(name);
    JsonNode value = object.path(name);
    return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  JsonNode required(String name) {
    return node(name).orElseThrow(() -> Refusal.missing(at(name)));
  }

  Optional<String> text(String name) {
    Optional<JsonNode> value = node(name);
    value
        .filter(v -> !v.isTextual())
        .ifPresent(
            v -> {
              throw Refusal.type(at(name), "a string", v);
            });
    return value.map(JsonNode::textValue);
  }

  String requiredText(String name) {
    required(name);
    return text(name).orElseThrow();
  }

  /** A text that must be one of these. */
  Optional<String> choice(String name, String... allowed) {
    Optional<String> value = text(name);
    value
        .filter(v -> !Arrays.asList(allowed).contains(v))
        .ifPresent(
            v -> {
              throw Refusal.value(at(name), v, "one of " + String.join(", ", allowed));
            });
    return value;
  }

  boolean flag(String name) {
    return optionalFlag(name).orElse(false);
  }

  Optional<Boolean> optionalFlag(String name) {
    Optional<JsonNode> value = node(name);
    value
        .filter(v -> !v.isBoolean())
        .ifPresent(
            v -> {
              throw Refusal.type(at(name), "a boolean", v);
            });
    return value.map(JsonNode::booleanValue);
  }

  Optional<Double> number(String name, double min, double max) {
    Optional<JsonNode> value = node(name);
    value.ifPresent(
        v -> {
          if (!v.isNumber()) {
            throw Refusal.type(at(name), "a decimal number", v);
          }
          if (!(v.doubleValue() >= min && v.doubleValue() <= max)) {
            throw Refusal.value(at(name), v.asText(), "%s to %s".formatted(min, max));
          }
        });
    return value.map(JsonNode::doubleValue);
  }

  Optional<Long> whole(String name, long min, long max) {
    Optional<JsonNode> value = node(name);
    value.ifPresent(
        v -> {
          if (!v.isIntegralNumber()) {
            throw Refusal.type(at(name), "an integer", v);
          }
          if (!v.canConvertToLong() || v.longValue() < min || v.longValue() > max) {
            throw Refusal.value(at(name), v.asText(), "%d to %d".formatted(min, max));
          }
        });
    return value.map(JsonNode::longValue);
  }

  Optional<Integer> count(String name, int min, int max) {
    return whole(name, min, max).map(Long::intValue);
  }

  Optional<Fields> object(String name) {
    return node(name).map(v -> Fields.of(v, at(name)));
  }

  Optional<List<JsonNode>> array(String name, int max) {
    return node(name)
        .map(
            v -> {
              if (!v.isArray()) {
                throw Refusal.type(at(name), "an array", v);
              }
              if (v.size() > max) {
                throw Refusal.of(
                    at(name),
                    "array_above_max_length",
                    "Invalid '%s': array too long. Expected an array with maximum length %d, but got one of %d."
                        .formatted(at(name), max, v.size()));
              }
              List<JsonNode> out = new ArrayList<>();
              v.forEach(out::add);
              return out;
            });
  }

  /** Takes fields that are accepted and have no effect. */
  Fields accept(String... names) {
    known.addAll(Arrays.asList(names));
    return this;
  }

  /** Refuses a field that this release has nothing for, unless it says what holds anyway. */
  void refuse(String name, String why, String... harmless) {
    node(name)
        .filter(v -> !Arrays.asList(harmless).contains(v.isValueNode() ? v.asText() : "object"))
        .ifPresent(
            v -> {
              throw Refusal.unsupported(at(name), why);
            });
  }

  /** Refuses what nothing asked for. */
  void refuseRest() {
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                String param = Refusal.shown(at(name));
                throw Refusal.of(
                    param,
                    "unknown_parameter",
                    place.isEmpty()
                        ? "Unrecognized request argument supplied: " + param
                        : "Unknown parameter: '%s'.".formatted(param));
              }
            });
  }

  ObjectNode all() {
    return object;
  }
}
