package dev.paddock.inference;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Finds what {@code $ref} points to: a place in the same document or an anchor there. */
final class SchemaReferences {
  private final Schema root;
  private final Map<String, Schema> anchors = new HashMap<>();

  SchemaReferences(Schema root) {
    this.root = root;
    anchor(root);
  }

  private void anchor(Schema schema) {
    if (!schema.node().isContainerNode()) {
      return;
    }
    if (schema.node().path("$anchor").isTextual()) {
      anchors.put(schema.node().path("$anchor").textValue(), schema);
    }
    schema.node().fieldNames().forEachRemaining(name -> anchor(schema.at(name)));
    for (int i = 0; schema.node().isArray() && i < schema.node().size(); i++) {
      anchor(schema.at(i));
    }
  }

  /** The schema that the {@code $ref} of a schema means. */
  Schema resolve(Schema schema) {
    String ref = schema.node().get("$ref").asText();
    String pointer = Schema.child(schema.pointer(), "$ref");
    String own = root.node().path("$id").asText();
    String local = !own.isEmpty() && ref.startsWith(own) ? ref.substring(own.length()) : ref;
    if (!local.isEmpty() && !local.startsWith("#")) {
      throw SchemaForm.unsupported(
          pointer, "\"" + ref + "\" is outside of the schema: put it into $defs");
    }
    String fragment = local.isEmpty() ? "" : local.substring(1);
    if (!fragment.isEmpty() && !fragment.startsWith("/")) {
      Schema anchored = anchors.get(fragment);
      if (anchored == null) {
        throw SchemaForm.malformed(pointer, "no $anchor \"" + fragment + "\"");
      }
      return anchored;
    }
    Schema at = root;
    for (String part : fragment.isEmpty() ? new String[0] : fragment.substring(1).split("/", -1)) {
      String name = decode(part);
      boolean index = at.node().isArray() && name.matches("\\d{1,6}");
      at = index ? at.at(Integer.parseInt(name)) : at.at(name);
    }
    if (!at.node().isObject() && !at.node().isBoolean()) {
      throw SchemaForm.malformed(pointer, "\"" + ref + "\" points to no schema");
    }
    SchemaForm.check(at);
    return at;
  }

  private static String decode(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8)
        .replace("~1", "/")
        .replace("~0", "~");
  }
}
