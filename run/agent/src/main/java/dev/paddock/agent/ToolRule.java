package dev.paddock.agent;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/**
 * A tool that an agent may call.
 *
 * @param arguments by property, a JSON Schema that narrows it: {@code {const: …}} fixes it, {@code
 *     false} takes it away
 * @param settings that the tool itself reads, such as the domains of a search; there, if the agent
 *     configures this tool by name
 */
public record ToolRule(
    String name, Policy policy, Map<String, JsonNode> arguments, Optional<ObjectNode> settings) {
  public ToolRule(String name, Policy policy, Map<String, JsonNode> arguments) {
    this(name, policy, arguments, Optional.empty());
  }

  /** Whether a person is asked before a call. */
  public enum Policy {
    @JsonProperty("always_allow")
    ALWAYS_ALLOW,
    @JsonProperty("always_ask")
    ALWAYS_ASK,
    /** A model says whether; where it cannot tell a person is asked. */
    @JsonProperty("auto")
    AUTO
  }

  public static ToolRule allow(String name) {
    return new ToolRule(name, Policy.ALWAYS_ALLOW, Map.of());
  }
}
