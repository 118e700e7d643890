package dev.paddock.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.inference.Formula.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/** Reads the keywords of JSON Schema 2020-12 and draft 7 as formulas. */
final class SchemaReader {
  private static final Set<String> PROPERTY_GROUP =
      Set.of("properties", "patternProperties", "additionalProperties");
  private static final Set<String> ITEM_GROUP = Set.of("items", "prefixItems", "additionalItems");

  private final SchemaReferences references;
  private final ScalarKeywords scalars;
  private final boolean refAlone;
  private final Set<String> open = new LinkedHashSet<>();

  /** Whether two schemas surely share no value of a kind. */
  private final BiPredicate<List<Literal>, Kind> empty;

  SchemaReader(Schema root, Set<String> sources, BiPredicate<List<Literal>, Kind> empty) {
    this.references = new SchemaReferences(root);
    this.scalars = new ScalarKeywords(sources);
    this.empty = empty;
    this.refAlone = root.node().path("$schema").asText().matches(".*draft-0[3-7].*");
  }

  Formula formula(Literal literal, Kind kind) {
    String entry = literal.schema().pointer() + " " + kind;
    if (!open.add(entry)) {
      throw SchemaForm.unsupported(
          literal.schema().pointer(), "it refers to itself with no property or item between");
    }
    Formula formula = positive(literal.schema(), kind);
    open.remove(entry);
    return literal.negated() ? Formula.not(formula) : formula;
  }

  private Formula positive(Schema schema, Kind kind) {
    if (schema.node().isBoolean()) {
      return schema.node().booleanValue() ? Formula.TRUE : Formula.FALSE;
    }
    if (refAlone && schema.node().has("$ref")) {
      return sub(references.resolve(schema), kind);
    }
    List<Formula> parts = new ArrayList<>();
    boolean properties = false;
    boolean items = false;
    for (String keyword : (Iterable<String>) schema.node()::fieldNames) {
      if (PROPERTY_GROUP.contains(keyword)) {
        if (kind == Kind.OBJECT && !properties) {
          parts.add(properties(schema));
        }
        properties = true;
      } else if (ITEM_GROUP.contains(keyword)) {
        if (kind == Kind.ARRAY && !items) {
          parts.add(items(schema));
        }
        items = true;
      } else {
        parts.add(keyword(schema, keyword, kind));
      }
    }
    return new Formula.All(parts);
  }

  private Formula keyword(Schema schema, String keyword, Kind kind) {
    JsonNode value = schema.node().get(keyword);
    Schema at = schema.at(keyword);
    return switch (keyword) {
      case "$ref" -> sub(references.resolve(schema), kind);
      case "type" -> type(schema, kind);
      case "enum" -> {
        List<Formula> branches = new ArrayList<>();
        List<JsonNode> values = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
          if (value.get(i).isValueNode()) {
            values.add(value.get(i));
          } else {
            branches.add(exactly(at.at(i), kind));
          }
        }
        if (kind == Kind.SCALAR) {
          branches.add(scalars.words(values, at.pointer()));
        }
        yield new Formula.Any(branches);
      }
      case "const" ->
          value.isContainerNode()
              ? exactly(at, kind)
              : kind == Kind.SCALAR ? scalars.words(List.of(value), at.pointer()) : Formula.FALSE;
      case "allOf" -> new Formula.All(each(at, kind));
      case "anyOf" -> new Formula.Any(each(at, kind));
      case "oneOf" -> oneOf(at, kind);
      case "not" -> Formula.not(sub(at, kind));
      case "if" -> {
        Formula then = schema.node().has("then") ? sub(schema.at("then"), kind) : Formula.TRUE;
        Formula other = schema.node().has("else") ? sub(schema.at("else"), kind) : Formula.TRUE;
        yield !schema.node().has("then") && !schema.node().has("else")
            ? Formula.TRUE
            : new Formula.Any(
                List.of(
                    new Formula.All(List.of(sub(at, kind), then)),
                    new Formula.All(List.of(Formula.not(sub(at, kind)), other))));
      }
      case "$dynamicRef", "$recursiveRef" ->
          throw SchemaForm.unsupported(at.pointer(), "use $ref instead");
      case "unevaluatedProperties", "unevaluatedItems" -> {
        if (value.isBoolean() && value.booleanValue()) {
          yield Formula.TRUE;
        }
        throw SchemaForm.unsupported(
            at.pointer(),
            "it cannot be enforced: use additionalProperties or items in the schema that declares"
                + " them");
      }
      case "$id" -> {
        if (!schema.pointer().isEmpty()) {
          throw SchemaForm.unsupported(at.pointer(), "a schema inside must not have its own $id");
        }
        yield Formula.TRUE;
      }
      default ->
          switch (kind) {
            case SCALAR -> scalars.formula(schema, keyword, at);
            case ARRAY -> array(schema, keyword, at);
            case OBJECT -> object(keyword, at);
          };
    };
  }

  private Formula sub(Schema schema, Kind kind) {
    return formula(Literal.of(schema), kind);
  }

  private List<Formula> each(Schema list, Kind kind) {
    List<Formula> formulas = new ArrayList<>();
    for (int i = 0; i < list.node().size(); i++) {
      formulas.add(sub(list.at(i), kind));
    }
    return formulas;
  }

  private Formula oneOf(Schema list, Kind kind) {
    List<Formula> branches = new ArrayList<>();
    for (int i = 0; i < list.node().size(); i++) {
      List<Formula> parts = new ArrayList<>(List.of(sub(list.at(i), kind)));
      for (int j = 0; j < list.node().size(); j++) {
        if (j != i && !disjoint(list.at(Math.min(i, j)), list.at(Math.max(i, j)), kind)) {
          parts.add(Formula.not(sub(list.at(j), kind)));
        }
      }
      branches.add(new Formula.All(parts));
    }
    return new Formula.Any(branches);
  }

  private boolean disjoint(Schema one, Schema other, Kind kind) {
    Set<String> outer = new LinkedHashSet<>(open);
    open.clear();
    List<Literal> both = List.of(Literal.of(one), Literal.of(other));
    boolean disjoint =
        empty.test(both.subList(0, 1), kind)
            || empty.test(both.subList(1, 2), kind)
            || empty.test(both, kind);
    open.addAll(outer);
    return disjoint;
  }

  private Formula type(Schema schema, Kind kind) {
    JsonNode value = schema.node().get("type");
    Set<String> types = new LinkedHashSet<>();
    if (value.isTextual()) {
      types.add(value.textValue());
    } else {
      value.forEach(t -> types.add(t.textValue()));
    }
    if (schema.node().path("nullable").asBoolean()) {
      types.add("null");
    }
    return switch (kind) {
      case ARRAY -> types.contains("array") ? Formula.TRUE : Formula.FALSE;
      case OBJECT -> types.contains("object") ? Formula.TRUE : Formula.FALSE;
      case SCALAR -> Scalars.ofTypes(types);
    };
  }

  /** An array or object that is wholly given. */
  private Formula exactly(Schema value, Kind kind) {
    Schema never = new Schema(BooleanNode.FALSE, value.pointer() + "#none");
    if (kind == Kind.ARRAY && value.node().isArray()) {
      List<Literal> prefix = new ArrayList<>();
      for (int i = 0; i < value.node().size(); i++) {
        prefix.add(constant(value.at(i)));
      }
      return new Formula.All(
          List.of(
              new Formula.ItemCount(prefix.size(), prefix.size()),
              new Formula.Items(prefix, Optional.empty())));
    }
    if (kind == Kind.OBJECT && value.node().isObject()) {
      Map<String, Literal> named = new LinkedHashMap<>();
      List<Formula> parts = new ArrayList<>();
      for (Map.Entry<String, JsonNode> member : value.node().properties()) {
        named.put(member.getKey(), constant(value.at(member.getKey())));
        parts.add(new Formula.Required(member.getKey()));
      }
      parts.add(new Formula.Properties(named, List.of(), Optional.of(Literal.of(never))));
      return new Formula.All(parts);
    }
    return Formula.FALSE;
  }

  private static Literal constant(Schema value) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    schema.set("const", value.node());
    return Literal.of(new Schema(schema, value.pointer() + "#const"));
  }

  private Formula properties(Schema schema) {
    Map<String, Literal> named = new LinkedHashMap<>();
    Schema properties = schema.at("properties");
    properties
        .node()
        .fieldNames()
        .forEachRemaining(n -> named.put(n, Literal.of(properties.at(n))));
    List<Formula.Pattern> patterns = new ArrayList<>();
    Schema byPattern = schema.at("patternProperties");
    for (String expression : (Iterable<String>) byPattern.node()::fieldNames) {
      Schema value = byPattern.at(expression);
      Dfa contents = scalars.contents(expression, value.pointer());
      patterns.add(new Formula.Pattern(expression, contents, Literal.of(value)));
    }
    Optional<Literal> additional =
        schema.node().has("additionalProperties")
            ? Optional.of(Literal.of(schema.at("additionalProperties")))
            : Optional.empty();
    return new Formula.Properties(named, patterns, additional);
  }

  private static Formula items(Schema schema) {
    Schema list = schema.at(schema.node().path("items").isArray() ? "items" : "prefixItems");
    Schema rest = schema.at(schema.node().path("items").isArray() ? "additionalItems" : "items");
    List<Literal> prefix = new ArrayList<>();
    for (int i = 0; i < list.node().size(); i++) {
      prefix.add(Literal.of(list.at(i)));
    }
    return new Formula.Items(
        prefix, rest.node().isMissingNode() ? Optional.empty() : Optional.of(Literal.of(rest)));
  }

  private Formula array(Schema schema, String keyword, Schema at) {
    JsonNode value = at.node();
    return switch (keyword) {
      case "minItems" -> new Formula.ItemCount(count(value), Formula.UNBOUNDED);
      case "maxItems" -> new Formula.ItemCount(0, count(value));
      case "uniqueItems" ->
          value.booleanValue() ? new Formula.UniqueItems(at.pointer()) : Formula.TRUE;
      case "contains" -> {
        int min = schema.node().has("minContains") ? count(schema.node().get("minContains")) : 1;
        int max =
            schema.node().has("maxContains")
                ? count(schema.node().get("maxContains"))
                : Formula.UNBOUNDED;
        yield max == 0 && min == 0
            ? new Formula.Items(List.of(), Optional.of(Literal.of(at).not()))
            : min == 0 && max == Formula.UNBOUNDED
                ? Formula.TRUE
                : new Formula.Contains(Literal.of(at), min, max, at.pointer());
      }
      default -> Formula.TRUE;
    };
  }

  private Formula object(String keyword, Schema at) {
    JsonNode value = at.node();
    return switch (keyword) {
      case "required" -> required(value);
      case "minProperties" -> new Formula.PropertyCount(count(value), Formula.UNBOUNDED);
      case "maxProperties" -> new Formula.PropertyCount(0, count(value));
      case "propertyNames" -> new Formula.PropertyNames(Literal.of(at));
      case "dependentRequired", "dependentSchemas", "dependencies" -> {
        List<Formula> parts = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : value.properties()) {
          boolean names = member.getValue().isArray();
          Formula then =
              names ? required(member.getValue()) : sub(at.at(member.getKey()), Kind.OBJECT);
          parts.add(
              new Formula.Any(
                  List.of(
                      new Formula.All(List.of(new Formula.Required(member.getKey()), then)),
                      new Formula.Forbidden(member.getKey()))));
        }
        yield new Formula.All(parts);
      }
      default -> Formula.TRUE;
    };
  }

  private static Formula required(JsonNode names) {
    List<Formula> parts = new ArrayList<>();
    names.forEach(name -> parts.add(new Formula.Required(name.textValue())));
    return new Formula.All(parts);
  }

  static int count(JsonNode value) {
    return value.decimalValue().intValueExact();
  }
}
