package dev.paddock.agent;

import dev.paddock.core.ErrorCode;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A {@code SKILL.md} by the rules of the open Agent Skills format (agentskills.io/specification and
 * its reference validator): front matter between two lines {@code ---}, then Markdown.
 *
 * @param allowedTools tools that are approved beforehand, as written: {@code bash}, {@code
 *     Bash(git:*)}
 */
public record SkillFile(
    String name,
    String description,
    Optional<String> license,
    Optional<String> compatibility,
    Map<String, String> metadata,
    Optional<List<String>> allowedTools,
    String body) {
  private static final List<String> KEYS =
      List.of("name", "description", "license", "allowed-tools", "metadata", "compatibility");
  private static final int MAX_NAME = 64;
  private static final int MAX_DESCRIPTION = 1024;
  private static final int MAX_COMPATIBILITY = 500;
  private static final String FENCE = "---";

  /** Blanks and commas, but not those within brackets. */
  private static final String BETWEEN_TOOLS = "[\\s,]+(?![^(]*\\))";

  /**
   * @param file how messages name the file
   * @param folder the name of the folder that it lies in
   */
  public static SkillFile parse(String file, String folder, String text) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().stripTrailing().equals(FENCE)) {
      throw new AgentException(
          ErrorCode.INVALID_REQUEST,
          "%s:1: must start with YAML front matter: a line --- above name and description"
              .formatted(file));
    }
    int end = 1;
    while (end < lines.size() && !lines.get(end).stripTrailing().equals(FENCE)) {
      end++;
    }
    if (end == lines.size()) {
      throw new AgentException(
          ErrorCode.INVALID_REQUEST,
          "%s:%d: the front matter is not closed by a line ---".formatted(file, end));
    }
    YamlValue front = YamlReader.read(file, 2, String.join("\n", lines.subList(1, end)));
    String body = String.join("\n", lines.subList(end + 1, lines.size())).strip();
    return new Checker(file, folder).check(front, body);
  }

  private record Checker(Problems problems, String folder) {
    Checker(String file, String folder) {
      this(new Problems(file), folder);
    }

    SkillFile check(YamlValue front, String body) {
      Optional<YamlValue.Mapping> mapping = problems.mapping(front, "the front matter");
      problems.throwIfAny();
      YamlValue.Mapping keys = mapping.orElseThrow();
      problems.onlyKeys(keys, " in the front matter", KEYS);
      SkillFile skill =
          new SkillFile(
              required(keys, "name").map(this::name).orElse(""),
              required(keys, "description").map(this::description).orElse(""),
              text(keys, "license"),
              text(keys, "compatibility").map(value -> compatibility(keys, value)),
              metadata(keys),
              keys.find("allowed-tools").map(entry -> tools(entry.value())),
              body);
      problems.throwIfAny();
      return skill;
    }

    private Optional<YamlValue.Scalar> required(YamlValue.Mapping keys, String key) {
      Optional<YamlValue.Mapping.Entry> entry = keys.find(key);
      if (entry.isEmpty()) {
        problems.add(1, "the front matter lacks \"%s\"".formatted(key));
        return Optional.empty();
      }
      if (entry.get().value() instanceof YamlValue.Scalar scalar && !scalar.text().isBlank()) {
        return Optional.of(scalar);
      }
      problems.add(entry.get().line(), "\"%s\" must be a text that is not empty".formatted(key));
      return Optional.empty();
    }

    private String name(YamlValue.Scalar value) {
      String name = Normalizer.normalize(value.text().strip(), Normalizer.Form.NFKC);
      int length = name.codePointCount(0, name.length());
      if (length > MAX_NAME) {
        problems.add(
            value.line(), "name is %d characters long; at most %d".formatted(length, MAX_NAME));
      }
      if (!name.equals(name.toLowerCase(Locale.ROOT))) {
        problems.add(value.line(), "name \"%s\" must be lower case".formatted(name));
      }
      if (name.startsWith("-") || name.endsWith("-")) {
        problems.add(value.line(), "name must not start or end with a hyphen");
      }
      if (name.contains("--")) {
        problems.add(value.line(), "name must not have two hyphens in a row");
      }
      if (!name.codePoints().allMatch(c -> c == '-' || isAlphanumeric(c))) {
        problems.add(
            value.line(), "name \"%s\" may hold only letters, digits and hyphens".formatted(name));
      }
      if (!Normalizer.normalize(folder, Normalizer.Form.NFKC).equals(name)) {
        problems.add(
            value.line(),
            "name \"%s\" must be the name of its folder, \"%s\"".formatted(name, folder));
      }
      return name;
    }

    /** Letters and every kind of number, as in the reference validator. */
    private static boolean isAlphanumeric(int c) {
      int type = Character.getType(c);
      return Character.isLetterOrDigit(c)
          || type == Character.LETTER_NUMBER
          || type == Character.OTHER_NUMBER;
    }

    private String description(YamlValue.Scalar value) {
      int length = value.text().codePointCount(0, value.text().length());
      if (length > MAX_DESCRIPTION) {
        problems.add(
            value.line(),
            "description is %d characters long; at most %d".formatted(length, MAX_DESCRIPTION));
      }
      return value.text().strip();
    }

    private String compatibility(YamlValue.Mapping keys, String value) {
      int length = value.codePointCount(0, value.length());
      if (length > MAX_COMPATIBILITY) {
        problems.add(
            keys.find("compatibility").orElseThrow().line(),
            "compatibility is %d characters long; at most %d".formatted(length, MAX_COMPATIBILITY));
      }
      return value;
    }

    private Optional<String> text(YamlValue.Mapping keys, String key) {
      Optional<YamlValue.Mapping.Entry> entry = keys.find(key);
      if (entry.isEmpty()) {
        return Optional.empty();
      }
      if (entry.get().value() instanceof YamlValue.Scalar scalar) {
        return Optional.of(scalar.text());
      }
      problems.add(
          entry.get().line(),
          "%s must be a text, not %s".formatted(key, entry.get().value().kind()));
      return Optional.empty();
    }

    private Map<String, String> metadata(YamlValue.Mapping keys) {
      return keys.find("metadata")
          .flatMap(entry -> problems.mapping(entry.value(), "metadata"))
          .map(
              mapping ->
                  mapping.entries().entrySet().stream()
                      .collect(
                          Collectors.toMap(
                              Map.Entry::getKey,
                              e ->
                                  e.getValue().value() instanceof YamlValue.Scalar scalar
                                      ? scalar.text()
                                      : e.getValue().value().json().toString())))
          .orElse(Map.of());
    }

    private List<String> tools(YamlValue value) {
      List<String> names = new ArrayList<>();
      switch (value) {
        case YamlValue.Scalar scalar ->
            names.addAll(List.of(scalar.text().strip().split(BETWEEN_TOOLS)));
        case YamlValue.Sequence list ->
            list.items()
                .forEach(
                    item -> {
                      if (item instanceof YamlValue.Scalar scalar) {
                        names.add(scalar.text().strip());
                      } else {
                        problems.add(item.line(), "a name of a tool is a text");
                      }
                    });
        case YamlValue.Mapping mapping ->
            problems.add(mapping.line(), "allowed-tools is a text of names with blanks between");
      }
      names.removeIf(String::isEmpty);
      return names;
    }
  }
}
