package dev.paddock.agent;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A tool that an agent may call.
 *
 * @param arguments by property, a JSON Schema that narrows it: {@code {const: …}} fixes it, {@code
 *     false} takes it away
 */
public record ToolRule(String name, Policy policy, Map<String, JsonNode> arguments) {
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
