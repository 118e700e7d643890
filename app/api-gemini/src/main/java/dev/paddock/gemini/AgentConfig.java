package dev.paddock.gemini;

import dev.paddock.server.spi.ServerException;
import java.util.Optional;
import java.util.Set;

/**
 * Of {@code agent_config}.
 *
 * @param maxTokens read and written in one interaction
 */
record AgentConfig(Optional<String> model, Optional<Long> maxTokens) {
  static final AgentConfig NONE = new AgentConfig(Optional.empty(), Optional.empty());

  private static final Set<String> OTHERS = Set.of("deep-research", "code-mender", "code_mender");

  static AgentConfig read(Fields fields) {
    String type = fields.requiredText("type");
    if (type.equals("dynamic")) {
      return NONE;
    }
    if (!type.equals("antigravity")) {
      throw OTHERS.contains(type)
          ? Fields.missing(fields.at("type"), "the agent " + type)
          : ServerException.invalid(fields.at("type"), "must be antigravity or dynamic");
    }
    Optional<String> model = fields.text("model");
    Optional<Long> most =
        fields
            .find("max_total_tokens")
            .map(
                node ->
                    tokens(
                        node.isIntegralNumber() || node.isTextual() ? node.asText() : "",
                        fields.at("max_total_tokens")));
    fields.noOthers();
    return new AgentConfig(model, most);
  }

  /** A count beyond JavaScript's numbers is written as a text. */
  private static long tokens(String text, String place) {
    if (!text.matches("[1-9][0-9]{0,17}")) {
      throw ServerException.invalid(place, "must be a whole number from 1, as a string");
    }
    return Long.parseLong(text);
  }

  /** What this one leaves open is taken from the other. */
  AgentConfig orElse(AgentConfig other) {
    return new AgentConfig(model.or(other::model), maxTokens.or(other::maxTokens));
  }
}
