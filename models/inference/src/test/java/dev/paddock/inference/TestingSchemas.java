package dev.paddock.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random schemas, and random values that are likely to obey them. */
final class TestingSchemas {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> NAMES = List.of("a", "b", "foo", "näme", "q\"t", "x y");
  private static final List<String> EXTRA = List.of("x1", "y2", "zed");
  private static final List<String> WORDS =
      List.of(
          "", "a", "ab", "abc", "foo", "äöü", "日本語", "a\"b", "l\nm", "😀", "2024-02-29", "aaab");
  private static final List<String> PATTERNS =
      List.of("^[a-c]+$", "o", "^(ab|foo)$", "^a*b?$", "^[^a]", "^\\d{2,4}$", "^(?!a)[a-z]{1,3}$");
  private static final List<String> FORMATS =
      List.of("date", "time", "date-time", "uuid", "ipv4", "ipv6", "hostname", "uri");
  private static final List<String> NUMBERS =
      List.of(
          "0", "1", "-1", "2", "3", "7", "10", "-12.5", "0.5", "2.25", "99", "100", "1000",
          "-0.01");

  private final Random random;
  private final ObjectNode root;
  private final boolean formats;

  TestingSchemas(long seed, boolean formats) {
    this.random = new Random(seed);
    this.formats = formats;
    ObjectNode made = schema(3);
    ObjectNode defs = JSON.objectNode();
    defs.set("leaf", schema(0));
    ObjectNode tree = JSON.objectNode().put("type", "object").put("additionalProperties", false);
    tree.putObject("properties").set("v", schema(0));
    ((ObjectNode) tree.get("properties")).putObject("next").put("$ref", "#/$defs/tree");
    defs.set("tree", tree);
    made.set("$defs", defs);
    root = made;
  }

  ObjectNode root() {
    return root;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private ObjectNode schema(int depth) {
    int kind = random.nextInt(depth == 0 ? 6 : 13);
    return switch (kind) {
      case 0, 1 -> string();
      case 2, 3 -> number();
      case 4 -> values();
      case 5 -> types();
      case 6, 7, 8 -> object(depth);
      case 9, 10 -> array(depth);
      case 11 -> combined(depth);
      default -> JSON.objectNode().put("$ref", chance(50) ? "#/$defs/leaf" : "#/$defs/tree");
    };
  }

  private ObjectNode types() {
    ObjectNode schema = JSON.objectNode();
    if (chance(50)) {
      return schema.put("type", pick(List.of("boolean", "null", "integer", "string", "number")));
    }
    schema.putArray("type").add("null").add(pick(List.of("boolean", "integer", "string")));
    return schema;
  }

  private ObjectNode string() {
    ObjectNode schema = JSON.objectNode().put("type", "string");
    if (formats && chance(30)) {
      return schema.put("format", pick(FORMATS));
    }
    if (chance(40)) {
      schema.put("pattern", pick(PATTERNS));
    }
    if (chance(30)) {
      schema.put("minLength", random.nextInt(4));
    }
    if (chance(30)) {
      schema.put("maxLength", 2 + random.nextInt(5));
    }
    return schema;
  }

  private ObjectNode number() {
    ObjectNode schema = JSON.objectNode().put("type", pick(List.of("integer", "number")));
    if (chance(40)) {
      schema.put(pick(List.of("minimum", "exclusiveMinimum")), new BigDecimal(pick(NUMBERS)));
    }
    if (chance(40)) {
      schema.put(pick(List.of("maximum", "exclusiveMaximum")), new BigDecimal(pick(NUMBERS)));
    }
    if (chance(20)) {
      schema.put("multipleOf", new BigDecimal(pick(List.of("1", "2", "7", "0.5", "0.01", "2.5"))));
    }
    return schema;
  }

  private ObjectNode values() {
    ObjectNode schema = JSON.objectNode();
    if (chance(40)) {
      schema.set("const", value(1));
      return schema;
    }
    ArrayNode list = schema.putArray("enum");
    for (int i = random.nextInt(4); i >= 0; i--) {
      list.add(value(1));
    }
    return schema;
  }

  private JsonNode value(int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 7)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.booleanNode(chance(50));
      case 2 -> JSON.numberNode(new BigDecimal(pick(NUMBERS)));
      case 3, 4 -> JSON.textNode(pick(WORDS));
      case 5 -> JSON.arrayNode().add(value(depth - 1));
      default -> JSON.objectNode().set(pick(NAMES), value(depth - 1));
    };
  }

  private ObjectNode object(int depth) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    List<String> names = new ArrayList<>(NAMES);
    Collections.shuffle(names, random);
    List<String> own = names.subList(0, random.nextInt(4));
    ObjectNode properties = schema.putObject("properties");
    own.forEach(name -> properties.set(name, schema(depth - 1)));
    ArrayNode required = schema.putArray("required");
    own.stream().filter(n -> chance(50)).forEach(required::add);
    if (chance(60)) {
      schema.put("additionalProperties", false);
    } else {
      schema.set("additionalProperties", schema(0));
    }
    if (chance(15)) {
      schema.putObject("patternProperties").set("^[xy]\\d$", schema(0));
    }
    if (chance(15)) {
      schema.put("minProperties", random.nextInt(3));
    }
    if (chance(15)) {
      schema.put("maxProperties", 1 + random.nextInt(3));
    }
    if (chance(10)) {
      schema.putObject("propertyNames").put("pattern", "^[a-z]");
    }
    if (chance(10) && own.size() > 1) {
      schema.putObject("dependentRequired").putArray(own.get(0)).add(own.get(1));
    }
    return schema;
  }

  private ObjectNode array(int depth) {
    ObjectNode schema = JSON.objectNode().put("type", "array");
    if (chance(25)) {
      ArrayNode prefix = schema.putArray("prefixItems");
      prefix.add(schema(depth - 1));
      prefix.add(schema(0));
    }
    if (chance(20)) {
      schema.put("items", false);
    } else {
      schema.set("items", schema(depth - 1));
    }
    if (chance(30)) {
      schema.put("minItems", random.nextInt(3));
    }
    if (chance(30)) {
      schema.put("maxItems", 1 + random.nextInt(3));
    }
    if (chance(15)) {
      schema.put("uniqueItems", true);
    } else if (chance(10)) {
      schema.set("contains", schema(0));
      if (chance(50)) {
        schema.put("maxContains", 2);
      }
      if (chance(30)) {
        schema.put("minContains", random.nextInt(3));
      }
    }
    return schema;
  }

  private ObjectNode combined(int depth) {
    ObjectNode schema = JSON.objectNode();
    switch (random.nextInt(5)) {
      case 0 -> schema.putArray("anyOf").add(schema(depth - 1)).add(schema(depth - 1));
      case 1 -> schema.putArray("oneOf").add(schema(depth - 1)).add(schema(depth - 1));
      case 2 -> schema.putArray("allOf").add(schema(depth - 1)).add(schema(depth - 1));
      case 3 -> {
        schema.setAll(schema(depth - 1));
        schema.set("not", schema(0));
      }
      default -> {
        schema.set("if", schema(0));
        schema.set("then", schema(depth - 1));
        schema.set("else", schema(depth - 1));
      }
    }
    return schema;
  }

  /** A value that may obey the whole schema. */
  JsonNode instance() {
    return instance(root, 6);
  }

  private JsonNode instance(JsonNode schema, int depth) {
    if (depth == 0 || !schema.isObject() || chance(4)) {
      return value(1);
    }
    if (schema.has("$ref")) {
      String name = schema.get("$ref").asText().replace("#/$defs/", "");
      return instance(root.path("$defs").path(name), depth - 1);
    }
    for (String keyword : List.of("anyOf", "oneOf", "allOf")) {
      if (schema.has(keyword)) {
        return instance(schema.get(keyword).get(random.nextInt(2)), depth - 1);
      }
    }
    if (schema.has("then")) {
      return instance(schema.get(pick(List.of("if", "then", "else"))), depth - 1);
    }
    if (schema.has("const")) {
      return schema.get("const");
    }
    if (schema.has("enum")) {
      return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
    }
    JsonNode type = schema.path("type");
    String chosen = type.isArray() ? type.get(random.nextInt(2)).asText() : type.asText();
    return switch (chosen) {
      case "object" -> objectFor(schema, depth);
      case "array" -> arrayFor(schema, depth);
      case "string" -> JSON.textNode(chance(30) ? "a".repeat(random.nextInt(5)) : pick(WORDS));
      case "integer" -> JSON.numberNode(random.nextInt(-20, 120));
      case "number" -> JSON.numberNode(new BigDecimal(pick(NUMBERS)));
      case "boolean" -> JSON.booleanNode(chance(50));
      case "null" -> JSON.nullNode();
      default -> value(1);
    };
  }

  private JsonNode objectFor(JsonNode schema, int depth) {
    ObjectNode object = JSON.objectNode();
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(n -> required.add(n.asText()));
    for (var property : schema.path("properties").properties()) {
      if (required.contains(property.getKey()) || chance(60)) {
        object.set(property.getKey(), instance(property.getValue(), depth - 1));
      }
    }
    if (chance(40)) {
      for (String extra : EXTRA) {
        if (chance(40)) {
          boolean pattern = extra.length() == 2 && schema.has("patternProperties");
          JsonNode value =
              pattern
                  ? schema.get("patternProperties").elements().next()
                  : schema.path("additionalProperties");
          object.set(extra, instance(value, depth - 1));
        }
      }
    }
    return object;
  }

  private JsonNode arrayFor(JsonNode schema, int depth) {
    ArrayNode array = JSON.arrayNode();
    int size = random.nextInt(4);
    for (int i = 0; i < size; i++) {
      JsonNode prefix = schema.path("prefixItems").path(i);
      JsonNode item = prefix.isMissingNode() ? schema.path("items") : prefix;
      boolean contained = schema.has("contains") && chance(40);
      array.add(instance(contained ? schema.get("contains") : item, depth - 1));
    }
    return array;
  }

  /** The value with the properties of its objects in every order, up to a number. */
  static List<JsonNode> orders(JsonNode value, int limit) {
    List<JsonNode> results = new ArrayList<>();
    if (value.isObject()) {
      List<ObjectNode> made = new ArrayList<>();
      permute(
          new ArrayList<>(value.properties().stream().map(e -> e.getKey()).toList()),
          0,
          value,
          made,
          limit);
      for (ObjectNode order : made) {
        List<ObjectNode> open = new ArrayList<>(List.of(JSON.objectNode()));
        for (var member : order.properties()) {
          List<ObjectNode> next = new ArrayList<>();
          for (JsonNode inner : orders(member.getValue(), limit)) {
            for (ObjectNode before : open) {
              if (next.size() < limit) {
                next.add(before.deepCopy().set(member.getKey(), inner));
              }
            }
          }
          open = next;
        }
        results.addAll(open);
      }
    } else if (value.isArray()) {
      List<ArrayNode> open = new ArrayList<>(List.of(JSON.arrayNode()));
      for (JsonNode item : value) {
        List<ArrayNode> next = new ArrayList<>();
        for (JsonNode inner : orders(item, limit)) {
          for (ArrayNode before : open) {
            if (next.size() < limit) {
              next.add(before.deepCopy().add(inner));
            }
          }
        }
        open = next;
      }
      results.addAll(open);
    } else {
      results.add(value);
    }
    return results;
  }

  private static void permute(
      List<String> names, int from, JsonNode value, List<ObjectNode> made, int limit) {
    if (made.size() >= limit) {
      return;
    }
    if (from >= names.size() - 1) {
      ObjectNode order = JSON.objectNode();
      names.forEach(n -> order.set(n, value.get(n)));
      made.add(order);
      return;
    }
    for (int i = from; i < names.size(); i++) {
      Collections.swap(names, from, i);
      permute(names, from + 1, value, made, limit);
      Collections.swap(names, from, i);
    }
  }
}
