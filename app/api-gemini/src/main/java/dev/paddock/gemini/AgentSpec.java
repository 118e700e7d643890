package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.server.spi.ServerException;
import java.util.Optional;

/**
 * A stored agent.
 *
 * @param document as it is stored and answered
 */
record AgentSpec(
    Optional<String> id,
    Optional<String> instructions,
    Tools tools,
    Optional<JsonNode> environment,
    AgentConfig config,
    ObjectNode document) {
  /** What an agent extends that names nothing. */
  static final String GENERAL = "antigravity-preview-05-2026";

  private static final String ID = "[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?";
  private static final int LONGEST = 1 << 20;

  /** Of a request, or of a stored document. */
  static AgentSpec read(ObjectNode document) {
    Fields fields = new Fields(document, "");
    Optional<String> id = fields.text("id");
    if (id.isPresent() && !id.get().matches(ID)) {
      throw ServerException.invalid(
          "id",
          "has 1 to 63 lower-case letters, digits, - and _, and begins and ends with neither");
    }
    if (id.isPresent() && isGeneral(id.get())) {
      throw ServerException.invalid("id", "\"%s\" is taken".formatted(id.get()));
    }
    Optional<String> base = fields.text("base_agent").filter(text -> !text.isEmpty());
    base.ifPresent(name -> requireGeneral(name, "base_agent"));
    Optional<String> instructions = fields.text("system_instruction");
    requireShort(instructions, "system_instruction");
    requireShort(fields.text("description"), "description");
    Tools tools = Tools.read(fields).orElse(Tools.OF_AGENT);
    tools.rules(true, Optional.empty(), "tools");
    Optional<JsonNode> environment = fields.find("base_environment");
    environment.ifPresent(node -> EnvironmentChoice.read(node, "base_environment"));
    AgentConfig config =
        fields.object("agent_config").map(AgentConfig::read).orElse(AgentConfig.NONE);
    fields.noOthers();
    return new AgentSpec(id, instructions, tools, environment, config, document);
  }

  private static void requireShort(Optional<String> text, String place) {
    if (text.isPresent() && text.get().length() > LONGEST) {
      throw ServerException.invalid(place, "is longer than %,d characters".formatted(LONGEST));
    }
  }

  /** The agent that comes with Paddock, by the names that the vendor's examples use. */
  static boolean isGeneral(String name) {
    return name.equals("assistant") || name.startsWith("antigravity");
  }

  static void requireGeneral(String name, String place) {
    if (!isGeneral(name)) {
      throw name.startsWith("deep-research") || name.startsWith("codemender")
          ? Fields.missing(place, "the agent " + Fields.shown(name))
          : ServerException.invalid(
              place,
              "there is no base agent \"%s\"; use %s".formatted(Fields.shown(name), GENERAL));
    }
  }
}
