package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/** Which of two values of a JSON Schema keyword allows less. */
final class Bounds {
  private static final Set<String> SMALLER =
      Set.of("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties");
  private static final Set<String> LARGER =
      Set.of("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties");

  private Bounds() {}

  /** The bound's value, or the base schema's own where that is stricter already. */
  static JsonNode tighter(Map.Entry<String, JsonNode> bound, ObjectNode base) {
    JsonNode own = base.get(bound.getKey());
    JsonNode wanted = bound.getValue();
    if (own == null || !own.isNumber() || !wanted.isNumber()) {
      return wanted;
    }
    int order = own.decimalValue().compareTo(wanted.decimalValue());
    boolean ownIsTighter =
        (SMALLER.contains(bound.getKey()) && order < 0)
            || (LARGER.contains(bound.getKey()) && order > 0);
    return ownIsTighter ? own : wanted;
  }
}
