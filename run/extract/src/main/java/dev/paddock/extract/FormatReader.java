package dev.paddock.extract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what kind of value a property holds. */
final class FormatReader {
  private static final int MIN_IDENTIFIER = 2;

  private final JsonNode schema;

  FormatReader(JsonNode schema) {
    this.schema = schema;
  }

  /** What JSON Schema itself says of a property. */
  record Standard(Set<String> types, List<String> values, Optional<String> format, Bounds bounds) {
    String implied() {
      if (!values.isEmpty()) {
        return "choice";
      }
      if (format.equals(Optional.of("date"))) {
        return "date";
      }
      return types.contains("number") ? "money" : "name";
    }
  }

  Format read(StrictObject source, Standard standard) {
    Optional<Pattern> pattern = source.pattern("pattern");
    Optional<StrictObject> aliases = source.object("aliases");
    Optional<String> unit = source.text("unit");
    String named =
        source.text("format").orElseGet(() -> pattern.isPresent() ? "pattern" : standard.implied());
    return switch (named) {
      case "money" -> new MoneyFormat(unit.map(this::units).orElse(Set.of()));
      case "date" -> new DateFormat(DateFormat.Order.DMY);
      case "identifier" ->
          new IdentifierFormat(
              Math.max(MIN_IDENTIFIER, standard.bounds().minLength()), new MoneyFormat(allUnits()));
      case "name" -> new NameFormat();
      case "pattern" ->
          new PatternFormat(
              pattern.orElseThrow(
                  () -> StrictObject.error(source.pointer("pattern"), "is missing")));
      case "choice" -> choice(source, standard.values(), aliases);
      default ->
          throw StrictObject.error(
              source.pointer("format"),
              "unknown \"%s\"; known are choice, date, identifier, money, name, pattern"
                  .formatted(named));
    };
  }

  private static ChoiceFormat choice(
      StrictObject source, List<String> values, Optional<StrictObject> aliases) {
    if (values.isEmpty()) {
      throw source.error("a choice needs the values in \"enum\"");
    }
    Map<String, List<String>> printed = new LinkedHashMap<>();
    values.forEach(value -> printed.put(value, List.of(value)));
    aliases
        .map(StrictObject::textLists)
        .orElse(Map.of())
        .forEach(
            (value, texts) -> {
              if (printed.put(value, texts) == null) {
                throw StrictObject.error(
                    source.pointer("aliases") + "/" + value, "is not a value of \"enum\"");
              }
            });
    return new ChoiceFormat(printed);
  }

  /** The printed forms of the choice field that a money field names as its unit. */
  private Set<String> units(String field) {
    JsonNode property = schema.path("properties").path(field);
    Set<String> units = new LinkedHashSet<>();
    property.path("enum").forEach(value -> units.add(value.asText()));
    property
        .path(SchemaReader.KEYWORD)
        .path("aliases")
        .forEach(texts -> texts.forEach(text -> units.add(ChoiceFormat.printed(text.asText()))));
    units.remove("");
    if (units.isEmpty()) {
      throw StrictObject.error(
          "/properties", "no field with an \"enum\" is named \"" + field + "\"");
    }
    return units;
  }

  private Set<String> allUnits() {
    Set<String> units = new LinkedHashSet<>();
    for (JsonNode property : schema.path("properties")) {
      JsonNode unit = property.path(SchemaReader.KEYWORD).path("unit");
      if (unit.isTextual()) {
        units.addAll(units(unit.textValue()));
      }
    }
    return units;
  }
}
