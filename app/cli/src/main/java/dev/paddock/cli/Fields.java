package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;

/** JSON as people read it. */
final class Fields {
  private Fields() {}

  /** A text as it is, anything else as JSON. */
  static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : Json.write(value);
  }

  /** A line a field on stdout. */
  static void print(JsonNode object) {
    object
        .properties()
        .forEach(
            field ->
                System.out.printf(
                    "%-16s %s%n", field.getKey(), Screen.printable(text(field.getValue()))));
  }
}
