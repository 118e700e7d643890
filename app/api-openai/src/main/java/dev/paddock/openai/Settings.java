package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.Effort;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What both of OpenAI's interfaces say of how an answer is made. */
final class Settings {
  static final int MAX_TOKENS = 10_000_000;
  static final int MAX_RIVALS = 20;
  private static final int MAX_STOPS = 4;

  private Settings() {}

  static Sampling sampling(Fields body, Optional<Integer> maxTokens) {
    return new Sampling(
        body.number("temperature", 0, 2),
        body.number("top_p", 0, 1),
        Optional.empty(),
        body.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
        maxTokens,
        stops(body));
  }

  private static List<String> stops(Fields body) {
    Optional<JsonNode> sent = body.node("stop");
    List<String> out = new ArrayList<>();
    if (sent.isPresent() && !sent.get().isTextual()) {
      for (JsonNode stop : body.array("stop", MAX_STOPS).orElseThrow()) {
        if (!stop.isTextual()) {
          throw Refusal.type("stop", "a string or an array of strings", stop);
        }
        out.add(stop.textValue());
      }
    } else {
      sent.ifPresent(stop -> out.add(stop.textValue()));
    }
    if (out.contains("")) {
      throw Refusal.value("stop", "", "texts that are not empty");
    }
    return out;
  }

  static Optional<Effort> effort(Fields holder, String name, ModelDescription model) {
    Optional<Effort> effort =
        holder
            .choice(name, "none", "minimal", "low", "medium", "high", "xhigh", "max")
            .map(
                word ->
                    switch (word) {
                      case "none" -> Effort.NONE;
                      case "minimal", "low" -> Effort.LOW;
                      case "medium" -> Effort.MEDIUM;
                      case "high" -> Effort.HIGH;
                      default -> Effort.MAX;
                    });
    if (model.can(Capability.THINKING)) {
      return effort;
    }
    if (effort.filter(e -> e != Effort.NONE).isPresent()) {
      throw Refusal.unsupported(
          holder.at(name), "the model %s does not reason".formatted(model.ref()));
    }
    return Optional.empty();
  }

  /** A JSON Schema that the answer must obey; empty for plain text. */
  static Optional<ObjectNode> format(Optional<Fields> sent, ModelDescription model) {
    if (sent.isEmpty()) {
      return Optional.empty();
    }
    Fields format = sent.get();
    String kind = format.requiredText("type");
    Optional<ObjectNode> schema =
        switch (kind) {
          case "text" -> Optional.empty();
          case "json_object" -> Optional.of(Json.object().put("type", "object"));
          case "json_schema" -> Optional.of(schema(format.object("json_schema").orElse(format)));
          default ->
              throw Refusal.value(format.at("type"), kind, "one of text, json_object, json_schema");
        };
    if (schema.isPresent() && !model.can(Capability.JSON_SCHEMA)) {
      throw Refusal.unsupported(
          format.at("type"), "the model %s cannot be held to a schema".formatted(model.ref()));
    }
    return schema;
  }

  private static ObjectNode schema(Fields holder) {
    holder.requiredText("name");
    holder.text("description");
    holder.optionalFlag("strict");
    return holder
        .object("schema")
        .map(Fields::all)
        .orElseGet(() -> Json.object().put("type", "object"));
  }

  static void requireLogprobs(String param, ModelDescription model) {
    if (!model.can(Capability.LOGPROBS)) {
      throw Refusal.unsupported(
          param, "the model %s tells no log-probabilities".formatted(model.ref()));
    }
  }
}
