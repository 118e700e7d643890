package dev.paddock.extract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a JSON Schema of one flat object with the keyword {@code x-paddock-source}. Anything wrong
 * is an {@link ExtractException} that starts with the JSON pointer of the place.
 */
final class SchemaReader {
  static final String KEYWORD = "x-paddock-source";
  private static final int MAX_FIELDS = 100;
  private static final String INSTRUCTION =
      "Read each document and write the values asked for. Write none if missing.";

  private SchemaReader() {}

  /**
   * @param examples where the worked examples lie, relative to the schema
   */
  record Read(ExtractionSchema schema, Optional<String> examples) {}

  static Read read(JsonNode tree) {
    StrictObject root = StrictObject.of(tree, "");
    if (!root.text("type").equals(Optional.of("object"))) {
      throw StrictObject.error("/type", "must be \"object\": one row is one object");
    }
    for (String annotation : List.of("$schema", "$id", "$comment", "title", "description")) {
      root.text(annotation);
    }
    root.member("additionalProperties");
    Set<String> required = new HashSet<>(root.texts("required"));
    StrictObject properties =
        root.object("properties")
            .orElseThrow(() -> StrictObject.error("/properties", "must name the fields"));
    Optional<StrictObject> keyword = root.object(KEYWORD);
    root.done();

    Map<String, JsonNode> members = properties.members();
    if (members.isEmpty() || members.size() > MAX_FIELDS) {
      throw properties.error("must name 1 to " + MAX_FIELDS + " fields");
    }
    PropertyReader reader = new PropertyReader(new FormatReader(tree), required);
    List<Field> fields = new ArrayList<>();
    members.forEach((name, node) -> fields.add(reader.read(name, properties.pointer(name), node)));
    required.stream()
        .filter(name -> !members.containsKey(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw StrictObject.error("/required", "names no property: \"" + name + "\"");
            });
    checkNames(fields);

    Optional<String> instruction = keyword.flatMap(k -> k.text("instruction"));
    Optional<String> absent = keyword.flatMap(k -> k.text("absent"));
    Optional<String> examples = keyword.flatMap(k -> k.text("examples"));
    keyword.ifPresent(StrictObject::done);
    ExtractionSchema schema =
        new ExtractionSchema(
            instruction.orElse(INSTRUCTION), absent.orElse("none"), List.copyOf(fields), List.of());
    schema.inOrderOfNeed();
    return new Read(schema, examples);
  }

  private static void checkNames(List<Field> fields) {
    Map<String, String> taken = new LinkedHashMap<>();
    fields.forEach(f -> taken.put(f.name(), "a field"));
    for (Field field : fields) {
      String at = "/properties/" + field.name() + "/" + KEYWORD;
      for (String need : field.needs()) {
        if (need.equals(field.name()) || fields.stream().noneMatch(f -> f.name().equals(need))) {
          throw StrictObject.error(at, "names no other field: \"" + need + "\"");
        }
      }
      for (Field.Decoy decoy : field.decoys()) {
        String before = taken.put(decoy.name(), "a decoy of " + field.name());
        if (before != null) {
          throw StrictObject.error(
              at + "/decoys/" + decoy.name(), "the name is taken by " + before);
        }
      }
    }
  }
}
