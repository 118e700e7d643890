package dev.paddock.extract;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import dev.paddock.extract.Field.DateOrder;
import dev.paddock.extract.Field.Decoy;
import dev.paddock.extract.Field.Effect;
import dev.paddock.extract.Field.Prefer;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one property of a schema. */
final class PropertyReader {
  private static final Set<String> TYPES = Set.of("string", "number", "integer", "null");

  private final FormatReader formats;
  private final Set<String> required;

  PropertyReader(FormatReader formats, Set<String> required) {
    this.formats = formats;
    this.required = required;
  }

  Field read(String name, String pointer, JsonNode node) {
    StrictObject property = StrictObject.of(node, pointer);
    FormatReader.Standard standard =
        new FormatReader.Standard(
            types(property), property.texts("enum"), property.text("format"), bounds(property));
    String title = property.text("title").orElse(name);
    String description = property.text("description").orElse(title);
    property.text("$comment");
    StrictObject source =
        property
            .object(SchemaReader.KEYWORD)
            .orElseGet(() -> StrictObject.of(Json.object(), pointer + "/" + SchemaReader.KEYWORD));
    property.done();

    Format format = formats.read(source, standard);
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
            source.patterns("not"),
            standard.bounds(),
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
        property.number("minLength").map(BigDecimal::intValue).orElse(0),
        property.number("maxLength").map(BigDecimal::intValue).orElse(Integer.MAX_VALUE),
        property.number("minimum"),
        property.number("maximum"),
        property.pattern("pattern"));
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
                              effect(decoy)));
                      decoy.done();
                    }));
    return List.copyOf(decoys);
  }

  private static Effect effect(StrictObject decoy) {
    String written = decoy.text("effect").orElse("none");
    for (Effect effect : Effect.values()) {
      if (effect.name().toLowerCase(Locale.ROOT).equals(written)) {
        return effect;
      }
    }
    throw StrictObject.error(decoy.pointer("effect"), "must be none, added or subtracted");
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
