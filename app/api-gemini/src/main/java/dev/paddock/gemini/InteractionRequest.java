package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.ServerException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a client asks for, read and found well-formed; nothing is looked up yet.
 *
 * @param output a JSON Schema of the answer
 * @param echo the fields that an answer repeats as they were sent
 */
record InteractionRequest(
    Optional<String> model,
    Optional<String> agent,
    JsonNode rawInput,
    List<InputItem> input,
    Optional<String> instructions,
    Optional<Tools> tools,
    Optional<ObjectNode> output,
    Generation generation,
    AgentConfig config,
    Optional<EnvironmentChoice> environment,
    Optional<String> previous,
    boolean background,
    boolean stream,
    boolean store,
    ObjectNode echo) {
  private static final int LONGEST = 4 << 20;
  private static final int MOST_LABELS = 64;
  private static final Pattern LABEL_KEY =
      Pattern.compile("[\\p{Ll}\\p{Lo}][\\p{Ll}\\p{Lo}\\p{N}_-]{0,62}");
  private static final Pattern LABEL_VALUE = Pattern.compile("[\\p{Ll}\\p{Lo}\\p{N}_-]{0,63}");
  private static final Set<String> ECHOED =
      Set.of(
          "model",
          "agent",
          "agent_config",
          "system_instruction",
          "tools",
          "response_format",
          "response_mime_type",
          "response_modalities",
          "generation_config",
          "safety_settings",
          "service_tier",
          "labels",
          "previous_interaction_id");

  static InteractionRequest read(ObjectNode body) {
    Fields fields = new Fields(body, "");
    Optional<String> model = fields.text("model").map(InteractionRequest::modelId);
    Optional<String> agent = fields.text("agent");
    if (model.isPresent() == agent.isPresent()) {
      throw ServerException.invalid("model", "give either model or agent");
    }
    fields.notOffered("cached_content", "cached content");
    fields.notOffered("continuation_token", "going on with a long decode");
    fields.notOffered("webhook_config", "webhooks");
    requireLabels(fields);
    fields.oneOf("service_tier", Set.of("flex", "standard", "priority", "deferred"));
    fields.list("safety_settings", 64);
    boolean background = fields.flag("background", false);
    boolean store = fields.flag("store", true);
    if (background && !store) {
      throw ServerException.invalid("store", "must be true with background");
    }
    Optional<String> instructions = fields.text("system_instruction");
    if (instructions.isPresent() && instructions.get().length() > LONGEST) {
      throw ServerException.invalid(
          "system_instruction", "is longer than %,d characters".formatted(LONGEST));
    }
    if (model.isPresent()) {
      fields
          .find("agent_config")
          .ifPresent(
              node -> {
                throw ServerException.invalid("agent_config", "goes with agent, not with model");
              });
    }
    JsonNode input = fields.required("input");
    InteractionRequest request =
        new InteractionRequest(
            model,
            agent,
            input,
            InputReader.read(input),
            instructions,
            Tools.read(fields),
            Output.read(fields),
            fields.object("generation_config").map(Generation::read).orElse(Generation.DEFAULT),
            fields.object("agent_config").map(AgentConfig::read).orElse(AgentConfig.NONE),
            fields.find("environment").map(node -> EnvironmentChoice.read(node, "environment")),
            fields.text("previous_interaction_id"),
            background,
            fields.flag("stream", false),
            store,
            echo(body));
    fields.noOthers();
    return request;
  }

  private static String modelId(String text) {
    String id = text.startsWith("models/") ? text.substring("models/".length()) : text;
    if (id.isBlank()) {
      throw ServerException.invalid("model", "must name a model");
    }
    return id;
  }

  private static void requireLabels(Fields fields) {
    Optional<Fields> labels = fields.object("labels");
    if (labels.isEmpty()) {
      return;
    }
    if (labels.get().all().size() > MOST_LABELS) {
      throw ServerException.invalid("labels", "has more than %d labels".formatted(MOST_LABELS));
    }
    for (Map.Entry<String, JsonNode> label : labels.get().all().properties()) {
      String place = labels.get().at(label.getKey());
      boolean fits =
          LABEL_KEY.matcher(label.getKey()).matches()
              && LABEL_VALUE.matcher(Fields.text(label.getValue(), Fields.shown(place))).matches();
      if (!fits) {
        throw ServerException.invalid(
            Fields.shown(place),
            "labels have at most 63 lower-case letters, digits, _ and -, keys begin with a letter");
      }
    }
  }

  private static ObjectNode echo(ObjectNode body) {
    ObjectNode echo = Json.object();
    body.properties().stream()
        .filter(field -> ECHOED.contains(field.getKey()) && !field.getValue().isNull())
        .forEach(field -> echo.set(field.getKey(), field.getValue()));
    return echo;
  }
}
