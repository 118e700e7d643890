package dev.paddock.extract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** A document with its values as printed, by field or decoy; one it lacks is empty or left out. */
record WorkedExample(String name, String document, Map<String, String> values) {

  static WorkedExample read(String name, String document, JsonNode values) {
    StrictObject object = StrictObject.of(values, "");
    Map<String, String> printed = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : object.members().entrySet()) {
      if (!member.getValue().isTextual()) {
        throw problem(name, member.getKey(), "must be a text");
      }
      String value = member.getValue().textValue();
      if (!document.contains(value)) {
        throw problem(name, member.getKey(), "is not in the document as printed: " + value);
      }
      printed.put(member.getKey(), value);
    }
    return new WorkedExample(name, document, Map.copyOf(printed));
  }

  private static ExtractException problem(String example, String field, String what) {
    return ExtractException.invalid("worked example %s: \"%s\" %s".formatted(example, field, what));
  }
}
