package dev.paddock.extract;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.extract.Field.DateOrder;
import dev.paddock.extract.Field.Decoy;
import dev.paddock.extract.Field.Prefer;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads one property of a schema. */
final class PropertyReader {
  private static final Set<String> TYPES = Set.of("string", "number", "integer", "null");
  private static final int MIN_IDENTIFIER = 2;
  private static final int MAX_PATTERN = 4_000;

  private final JsonNode schema;
  private final Set<String> required;

  PropertyReader(JsonNode schema, Set<String> required) {
    this.schema = schema;
    this.required = required;
  }

  Field read(String name, String pointer, JsonNode node) {
    StrictObject property = StrictObject.of(node, pointer);
    Set<String> types = types(property);
    List<String> values = property.texts("enum");
    Optional<String> standard = property.text("format");
    Bounds bounds = bounds(property);
    String title = property.text("title").orElse(name);
    String description = property.text("description").orElse(title);
    property.text("$comment");
    StrictObject source =
        property
            .object(SchemaReader.KEYWORD)
            .orElseGet(
                () ->
                    StrictObject.of(
                        dev.paddock.core.Json.object(), pointer + "/" + SchemaReader.KEYWORD));
    property.done();

    Format format = format(source, types, values, standard, bounds);
    Field field =
        new Field(
            name,
            description,
            format,
            required.contains(name),
            question(source, format, title),
            labels(source, "labels"),
            labels(source, "inside"),
            decoys(source),
            source.text("not").map(text -> pattern(source, "not", text)),
            bounds,
            prefer(source),
            source.texts("distinct"),
            source.text("near"),
            order(source));
    checkUse(source, field);
    source.done();
    return field;
  }

  private static Set<String> types(StrictObject property) {
    Set<String> types = new HashSet<>();
    Optional<JsonNode> type = property.member("type");
    if (type.isPresent() && type.get().isTextual()) {
      types.add(type.get().textValue());
    } else {
      types.addAll(property.texts("type"));
    }
    for (String name : types) {
      if (!TYPES.contains(name)) {
        throw StrictObject.error(
            property.pointer("type"),
            "\"%s\" is no single value; a field is a string or a number".formatted(name));
      }
    }
    return types;
  }

  private static Bounds bounds(StrictObject property) {
    return new Bounds(
        number(property, "minLength").map(BigDecimal::intValue).orElse(0),
        number(property, "maxLength").map(BigDecimal::intValue).orElse(Integer.MAX_VALUE),
        number(property, "minimum"),
        number(property, "maximum"),
        property.text("pattern").map(text -> pattern(property, "pattern", text)));
  }

  private static Optional<BigDecimal> number(StrictObject object, String name) {
    Optional<JsonNode> value = object.member(name);
    if (value.isPresent() && !value.get().isNumber()) {
      throw StrictObject.error(object.pointer(name), "must be a number");
    }
    return value.map(JsonNode::decimalValue);
  }

  private static Pattern pattern(StrictObject object, String member, String text) {
    if (text.length() > MAX_PATTERN) {
      throw StrictObject.error(
          object.pointer(member), "is longer than " + MAX_PATTERN + " characters");
    }
    try {
      return Pattern.compile(text, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE);
    } catch (PatternSyntaxException e) {
      throw StrictObject.error(
          object.pointer(member), "no regular expression: " + e.getDescription());
    }
  }

  private Format format(
      StrictObject source,
      Set<String> types,
      List<String> values,
      Optional<String> standard,
      Bounds bounds) {
    Optional<Pattern> pattern =
        source.text("pattern").map(text -> pattern(source, "pattern", text));
    Optional<StrictObject> aliases = source.object("aliases");
    Optional<String> unit = source.text("unit");
    String implied =
        pattern.isPresent()
            ? "pattern"
            : !values.isEmpty()
                ? "choice"
                : standard.equals(Optional.of("date"))
                    ? "date"
                    : types.contains("number") ? "money" : "name";
    String named = source.text("format").orElse(implied);
    return switch (named) {
      case "money" -> new MoneyFormat(unit.map(this::units).orElse(Set.of()));
      case "date" -> new DateFormat(DateFormat.Order.DMY);
      case "identifier" ->
          new IdentifierFormat(
              Math.max(MIN_IDENTIFIER, bounds.minLength()), new MoneyFormat(allUnits()));
      case "name" -> new NameFormat();
      case "pattern" ->
          new PatternFormat(
              pattern.orElseThrow(
                  () -> StrictObject.error(source.pointer("pattern"), "is missing")));
      case "choice" -> choice(source, values, aliases);
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

  /** The printed forms of the currency field that a money field names. */
  private Set<String> units(String field) {
    JsonNode property = schema.path("properties").path(field);
    Set<String> units = new LinkedHashSet<>();
    property.path("enum").forEach(value -> units.add(value.asText()));
    property
        .path(SchemaReader.KEYWORD)
        .path("aliases")
        .forEach(texts -> texts.forEach(text -> units.add(text.asText().replaceFirst("\\?$", ""))));
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

  private static Optional<String> question(StrictObject source, Format format, String title) {
    Optional<String> asked = source.text("question");
    if (asked.isPresent() || format instanceof ChoiceFormat) {
      return asked;
    }
    return Optional.of(title);
  }

  private static List<Label> labels(StrictObject object, String member) {
    List<Label> labels = new ArrayList<>();
    for (String written : object.texts(member)) {
      try {
        labels.add(Label.parse(written));
      } catch (ExtractException e) {
        throw StrictObject.error(object.pointer(member) + "/" + labels.size(), e.getMessage());
      }
    }
    return List.copyOf(labels);
  }

  private static List<Decoy> decoys(StrictObject source) {
    List<Decoy> decoys = new ArrayList<>();
    Optional<StrictObject> members = source.object("decoys");
    members.ifPresent(
        all ->
            all.members()
                .forEach(
                    (name, node) -> {
                      StrictObject decoy = StrictObject.of(node, all.pointer(name));
                      decoys.add(
                          new Decoy(
                              name,
                              decoy.text("question"),
                              labels(decoy, "labels"),
                              decoy.flag("subtracted")));
                      decoy.done();
                    }));
    return List.copyOf(decoys);
  }

  private static Prefer prefer(StrictObject source) {
    return source
        .object("prefer")
        .map(
            object -> {
              Prefer prefer =
                  new Prefer(object.flag("sum"), object.flag("start"), object.flag("wholeSegment"));
              object.done();
              return prefer;
            })
        .orElse(Prefer.NOTHING);
  }

  private static Optional<DateOrder> order(StrictObject source) {
    Optional<StrictObject> order = source.object("order");
    if (order.isEmpty()) {
      return Optional.empty();
    }
    String by =
        order.get().text("by").orElseThrow(() -> order.get().error("needs \"by\", another field"));
    Map<String, DateFormat.Order> orders = new LinkedHashMap<>();
    for (DateFormat.Order way : DateFormat.Order.values()) {
      order.get().texts(way.name()).forEach(value -> orders.put(value, way));
    }
    order.get().done();
    return Optional.of(new DateOrder(by, Map.copyOf(orders)));
  }

  private static void checkUse(StrictObject source, Field field) {
    Format format = field.format();
    require(source, field.order().isEmpty() || format instanceof DateFormat, "order", "dates only");
    require(source, !field.prefer().sum() || format instanceof MoneyFormat, "prefer", "sum: money");
    require(
        source,
        !field.prefer().wholeSegment() || format instanceof NameFormat,
        "prefer",
        "wholeSegment: names only");
    require(
        source, field.near().isEmpty() || format instanceof ChoiceFormat, "near", "choices only");
    boolean limits = field.bounds().minimum().isPresent() || field.bounds().maximum().isPresent();
    if (limits && !(format instanceof MoneyFormat)) {
      throw source.error("minimum and maximum are for money only");
    }
  }

  private static void require(StrictObject source, boolean holds, String member, String forWhat) {
    if (!holds) {
      throw StrictObject.error(source.pointer(member), "is for " + forWhat);
    }
  }
}
