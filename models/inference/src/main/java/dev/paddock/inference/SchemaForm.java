package dev.paddock.inference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Checks that a document is a schema: that each keyword has a value of its form. */
final class SchemaForm {
  static final String UNSUPPORTED = "schema not supported for structured output, at ";
  private static final String MALFORMED = "not a JSON Schema, at ";
  private static final int MAX_SCHEMAS = 20_000;
  private static final int MAX_DIGITS = 400;
  private static final int MAX_DEPTH = 100;

  private static final Set<String> TYPES =
      Set.of("null", "boolean", "object", "array", "number", "string", "integer");

  private enum Form {
    SCHEMA("a schema"),
    SCHEMA_MAP("an object of schemas"),
    SCHEMA_LIST("a list of at least one schema"),
    SCHEMA_OR_LIST("a schema or a list of schemas"),
    DEPENDENCIES("an object of schemas or lists of names"),
    NUMBER("a number of at most 400 digits"),
    POSITIVE("a number above 0"),
    COUNT("a whole number from 0 to 2147483646"),
    STRING("a string"),
    NAMES("a list of distinct names"),
    NAME_LISTS("an object of lists of names"),
    BOOLEAN("true or false"),
    TYPE("a type or a list of types, of " + new TreeSet<>(TYPES)),
    VALUES("a list"),
    SOURCE("true, false or an object whose \"from\" names a text");

    private final String words;

    Form(String words) {
      this.words = words;
    }

    boolean fits(JsonNode node) {
      return switch (this) {
        case SCHEMA, SCHEMA_OR_LIST -> true;
        case SCHEMA_MAP, DEPENDENCIES -> node.isObject();
        case SCHEMA_LIST -> node.isArray() && !node.isEmpty();
        case NUMBER -> number(node);
        case POSITIVE -> number(node) && node.decimalValue().signum() > 0;
        case COUNT -> number(node) && count(node.decimalValue());
        case STRING -> node.isTextual();
        case NAMES -> names(node);
        case NAME_LISTS -> node.isObject() && node.valueStream().allMatch(list -> names(list));
        case BOOLEAN -> node.isBoolean();
        case TYPE -> types(node);
        case VALUES -> node.isArray();
        case SOURCE ->
            node.isBoolean()
                || node.isObject() && (!node.has("from") || node.get("from").isTextual());
      };
    }
  }

  private static final Map<String, Form> KEYWORDS =
      Map.ofEntries(
          Map.entry("$ref", Form.STRING),
          Map.entry("$defs", Form.SCHEMA_MAP),
          Map.entry("definitions", Form.SCHEMA_MAP),
          Map.entry("type", Form.TYPE),
          Map.entry("enum", Form.VALUES),
          Map.entry("nullable", Form.BOOLEAN),
          Map.entry("properties", Form.SCHEMA_MAP),
          Map.entry("patternProperties", Form.SCHEMA_MAP),
          Map.entry("additionalProperties", Form.SCHEMA),
          Map.entry("propertyNames", Form.SCHEMA),
          Map.entry("required", Form.NAMES),
          Map.entry("minProperties", Form.COUNT),
          Map.entry("maxProperties", Form.COUNT),
          Map.entry("dependentRequired", Form.NAME_LISTS),
          Map.entry("dependentSchemas", Form.SCHEMA_MAP),
          Map.entry("dependencies", Form.DEPENDENCIES),
          Map.entry("items", Form.SCHEMA_OR_LIST),
          Map.entry("prefixItems", Form.SCHEMA_LIST),
          Map.entry("additionalItems", Form.SCHEMA),
          Map.entry("minItems", Form.COUNT),
          Map.entry("maxItems", Form.COUNT),
          Map.entry("uniqueItems", Form.BOOLEAN),
          Map.entry("contains", Form.SCHEMA),
          Map.entry("minContains", Form.COUNT),
          Map.entry("maxContains", Form.COUNT),
          Map.entry("minimum", Form.NUMBER),
          Map.entry("maximum", Form.NUMBER),
          Map.entry("exclusiveMinimum", Form.NUMBER),
          Map.entry("exclusiveMaximum", Form.NUMBER),
          Map.entry("multipleOf", Form.POSITIVE),
          Map.entry("minLength", Form.COUNT),
          Map.entry("maxLength", Form.COUNT),
          Map.entry("pattern", Form.STRING),
          Map.entry("format", Form.STRING),
          Map.entry("allOf", Form.SCHEMA_LIST),
          Map.entry("anyOf", Form.SCHEMA_LIST),
          Map.entry("oneOf", Form.SCHEMA_LIST),
          Map.entry("not", Form.SCHEMA),
          Map.entry("if", Form.SCHEMA),
          Map.entry("then", Form.SCHEMA),
          Map.entry("else", Form.SCHEMA),
          Map.entry("unevaluatedProperties", Form.SCHEMA),
          Map.entry("unevaluatedItems", Form.SCHEMA),
          Map.entry("x-paddock-source", Form.SOURCE));

  private int seen;

  private SchemaForm() {}

  static void check(Schema root) {
    new SchemaForm().schema(root, 0);
  }

  private void schema(Schema schema, int depth) {
    if (depth > MAX_DEPTH || ++seen > MAX_SCHEMAS) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "the schema has more than "
              + MAX_SCHEMAS
              + " parts or is nested deeper than "
              + MAX_DEPTH
              + ", at "
              + Schema.shown(schema.pointer()));
    }
    if (schema.node().isBoolean()) {
      return;
    }
    if (!schema.node().isObject()) {
      throw malformed(schema.pointer(), "a schema is an object, true or false");
    }
    for (Map.Entry<String, JsonNode> member : schema.node().properties()) {
      Form form = KEYWORDS.get(member.getKey());
      if (form != null) {
        Schema value = schema.at(member.getKey());
        if (!form.fits(value.node())) {
          throw malformed(value.pointer(), "\"" + member.getKey() + "\" must be " + form.words);
        }
        children(form, value, depth + 1);
      }
    }
  }

  private void children(Form form, Schema value, int depth) {
    switch (form) {
      case SCHEMA -> schema(value, depth);
      case SCHEMA_MAP ->
          value.node().fieldNames().forEachRemaining(n -> schema(value.at(n), depth));
      case SCHEMA_LIST -> list(value, depth);
      case SCHEMA_OR_LIST -> {
        if (value.node().isArray()) {
          list(value, depth);
        } else {
          schema(value, depth);
        }
      }
      case DEPENDENCIES ->
          value
              .node()
              .properties()
              .forEach(
                  e -> {
                    if (!names(e.getValue())) {
                      schema(value.at(e.getKey()), depth);
                    }
                  });
      case NUMBER, POSITIVE, COUNT, STRING, NAMES, NAME_LISTS, BOOLEAN, TYPE, VALUES, SOURCE -> {}
    }
  }

  private void list(Schema value, int depth) {
    for (int i = 0; i < value.node().size(); i++) {
      schema(value.at(i), depth);
    }
  }

  private static boolean number(JsonNode node) {
    if (!node.isNumber() || node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
      return false;
    }
    BigDecimal value = node.decimalValue();
    return value.precision() <= MAX_DIGITS && Math.abs(value.scale()) <= MAX_DIGITS;
  }

  private static boolean count(BigDecimal value) {
    return value.signum() >= 0
        && value.stripTrailingZeros().scale() <= 0
        && value.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) < 0;
  }

  private static boolean names(JsonNode node) {
    Set<String> seen = new HashSet<>();
    boolean textual = node.isArray();
    for (JsonNode name : node) {
      textual &= name.isTextual() && seen.add(name.textValue());
    }
    return textual;
  }

  private static boolean types(JsonNode node) {
    return node.isTextual()
        ? TYPES.contains(node.textValue())
        : names(node) && !node.isEmpty() && node.valueStream().allMatch(SchemaForm::types);
  }

  /** Whether the message says already where in the schema it is. */
  static boolean located(ModelException e) {
    return e.getMessage().startsWith(MALFORMED) || e.getMessage().startsWith(UNSUPPORTED);
  }

  static ModelException malformed(String pointer, String why) {
    return new ModelException(
        ErrorCode.INVALID_REQUEST, MALFORMED + Schema.shown(pointer) + ": " + why);
  }

  static ModelException unsupported(String pointer, String why) {
    return new ModelException(
        ErrorCode.INVALID_REQUEST, UNSUPPORTED + Schema.shown(pointer) + ": " + why);
  }
}
