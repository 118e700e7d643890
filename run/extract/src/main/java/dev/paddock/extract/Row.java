package dev.paddock.extract;

import dev.paddock.extract.Value.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The values of one document, in the schema's order. */
record Row(String file, Map<String, Value> values) {

  /** {@code ok}, or what is unsure and what failed. */
  String check() {
    List<String> unsure = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    values.forEach(
        (field, value) -> {
          switch (value.mark()) {
            case Mark.Ok() -> {}
            case Mark.Unsure(String reason) -> unsure.add(field);
            case Mark.Failed(String reason) -> failed.add("%s (%s)".formatted(field, reason));
          }
        });
    List<String> parts = new ArrayList<>();
    if (!unsure.isEmpty()) {
      parts.add("unsure: " + String.join(", ", unsure));
    }
    if (!failed.isEmpty()) {
      parts.add("failed: " + String.join(", ", failed));
    }
    return parts.isEmpty() ? "ok" : String.join("; ", parts);
  }

  boolean ok() {
    return values.values().stream().allMatch(value -> value.mark() instanceof Mark.Ok);
  }
}
