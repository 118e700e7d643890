package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.ModelRef;
import dev.paddock.provider.Models;
import dev.paddock.provider.spi.Effort;
import java.util.Optional;

/** {@code model} of an agent: an id, or an id with its configuration. */
final class ModelWire {
  private static final String[] EFFORTS = {"low", "medium", "high", "xhigh", "max"};
  private static final int MAX_ID = 256;

  private ModelWire() {}

  /**
   * The model that was sent; its id must be one that this place can resolve.
   *
   * @throws dev.paddock.provider.ModelException {@code NOT_FOUND} that says what to set
   */
  static ObjectNode read(Fields fields, Models models, Optional<JsonNode> stored) {
    ObjectNode wire = Json.object();
    JsonNode sent = fields.json().path("model");
    if (sent.isTextual()) {
      wire.put("id", fields.requiredText("model", MAX_ID));
    } else if (fields.has("model") && !sent.isObject()) {
      throw fields.invalid("model", "must be a model's id or an object");
    } else {
      Fields model = fields.requiredObject("model", "id", "effort", "inference_geo", "speed");
      wire.put("id", model.requiredText("id", MAX_ID));
      effort(model, wire, stored);
      if (model.word("speed", "standard", "fast").orElse("standard").equals("fast")) {
        throw model.invalid("speed", "\"fast\" is not offered here");
      }
      if (model.text("inference_geo", 64).isPresent()) {
        throw model.invalid(
            "inference_geo", "is not offered here: models run where the operator put them");
      }
    }
    wire.put("speed", "standard");
    models.resolve(wire.path("id").textValue());
    return wire;
  }

  private static void effort(Fields model, ObjectNode wire, Optional<JsonNode> stored) {
    if (!model.has("effort")) {
      stored
          .map(old -> old.path("effort"))
          .filter(old -> old.isObject() && !model.sent("effort"))
          .ifPresent(old -> wire.set("effort", old));
      return;
    }
    String level =
        model.json().path("effort").isTextual()
            ? model.requiredWord("effort", EFFORTS)
            : model.requiredObject("effort", "type").requiredWord("type", EFFORTS);
    wire.putObject("effort").put("type", level);
  }

  static Optional<Effort> effort(JsonNode model) {
    return switch (model.path("effort").path("type").asText()) {
      case "low" -> Optional.of(Effort.LOW);
      case "medium" -> Optional.of(Effort.MEDIUM);
      case "high" -> Optional.of(Effort.HIGH);
      case "xhigh", "max" -> Optional.of(Effort.MAX);
      default -> Optional.empty();
    };
  }

  static ModelRef reference(JsonNode model, Models models) {
    return models.resolve(model.path("id").asText());
  }
}
