package dev.paddock.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects what is wrong with a file, each with its line. */
final class Problems {
  private final String file;
  private final List<String> lines = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  void add(int line, String what) {
    lines.add("%s:%d: %s".formatted(file, line, what));
  }

  void throwIfAny() {
    if (!lines.isEmpty()) {
      throw AgentException.invalid(lines);
    }
  }

  /** A mapping, or empty with a problem. */
  Optional<YamlValue.Mapping> mapping(YamlValue value, String what) {
    if (value instanceof YamlValue.Mapping mapping) {
      return Optional.of(mapping);
    }
    add(value.line(), "%s must be a mapping, not %s".formatted(what, value.kind()));
    return Optional.empty();
  }

  void onlyKeys(YamlValue.Mapping mapping, String where, List<String> allowed) {
    mapping
        .entries()
        .forEach(
            (key, entry) -> {
              if (!allowed.contains(key)) {
                add(
                    entry.line(),
                    "unknown key \"%s\"%s; allowed: %s"
                        .formatted(Excerpt.of(key, 60), where, String.join(", ", allowed)));
              }
            });
  }
}
