package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code tools} of an agent: reads what clients send into what answers show, all defaults set. */
final class ToolWire {
  static final String AGENT_TOOLSET = "agent_toolset_20260401";
  static final String MCP_TOOLSET = "mcp_toolset";
  static final String PADDOCK_TOOLSET = "paddock_toolset";
  static final String CUSTOM = "custom";

  /** The tools of the agent toolset. */
  static final List<String> AGENT_TOOLS =
      List.of("bash", "read", "write", "edit", "glob", "grep", "web_fetch", "web_search");

  static final int MAX_TOOLS = 256;
  private static final int MAX_DESCRIPTION = 16_384;
  private static final String ALLOW = "always_allow";
  private static final String ASK = "always_ask";

  private final Set<String> names = new HashSet<>();
  private final Set<String> sets = new HashSet<>();
  private int count;

  private ToolWire() {}

  static ArrayNode read(Fields fields) {
    ToolWire reader = new ToolWire();
    ArrayNode tools = Json.mapper().createArrayNode();
    for (Fields tool : fields.objects("tools", MAX_TOOLS)) {
      tools.add(reader.tool(tool));
      if (reader.count > MAX_TOOLS) {
        throw fields.invalid("tools", "at most %d tools across all toolsets".formatted(MAX_TOOLS));
      }
    }
    return tools;
  }

  private ObjectNode tool(Fields tool) {
    return switch (tool.requiredWord("type", AGENT_TOOLSET, MCP_TOOLSET, CUSTOM, PADDOCK_TOOLSET)) {
      case AGENT_TOOLSET -> agentToolset(tool);
      case MCP_TOOLSET -> mcpToolset(tool);
      case PADDOCK_TOOLSET -> paddockToolset(tool);
      default -> custom(tool);
    };
  }

  private ObjectNode agentToolset(Fields set) {
    set.only("type", "configs", "default_config");
    once(set, AGENT_TOOLSET);
    ObjectNode defaults = defaults(set, ALLOW);
    ObjectNode wire = Json.object().put("type", AGENT_TOOLSET);
    wire.set("default_config", defaults);
    ArrayNode configs = wire.putArray("configs");
    Set<String> seen = new HashSet<>();
    for (Fields config : set.objects("configs", AGENT_TOOLS.size())) {
      String name = config.requiredWord("name", AGENT_TOOLS.toArray(String[]::new));
      if (!seen.add(name)) {
        throw config.invalid("name", "\"%s\" is configured twice".formatted(name));
      }
      config.word("type", name);
      configs.add(
          config(config, name, defaults).put("type", name).setAll(WebToolWire.read(config)));
    }
    for (String name : AGENT_TOOLS) {
      if (enabled(configs, name, defaults)) {
        name(set, "configs", name);
      }
    }
    return wire;
  }

  private ObjectNode mcpToolset(Fields set) {
    set.only("type", "mcp_server_name", "configs", "default_config");
    String server = set.requiredText("mcp_server_name", 255);
    once(set, MCP_TOOLSET + " " + server);
    ObjectNode defaults = defaults(set, ASK);
    ObjectNode wire = Json.object().put("type", MCP_TOOLSET).put("mcp_server_name", server);
    wire.set("default_config", defaults);
    ArrayNode configs = wire.putArray("configs");
    Set<String> seen = new HashSet<>();
    for (Fields config : set.objects("configs", MAX_TOOLS)) {
      config.only("name", "enabled", "permission_policy");
      String name = config.requiredText("name", 128);
      if (!seen.add(name)) {
        throw config.invalid("name", "\"%s\" is configured twice".formatted(Texts.shortened(name)));
      }
      configs.add(config(config, name, defaults));
      count++;
    }
    return wire;
  }

  /** Tools that are not the vendor's: by name, or by name and policy. */
  private ObjectNode paddockToolset(Fields set) {
    set.only("type", "tools");
    once(set, PADDOCK_TOOLSET);
    ObjectNode wire = Json.object().put("type", PADDOCK_TOOLSET);
    ArrayNode tools = wire.putArray("tools");
    for (Fields.Item item : set.list("tools", MAX_TOOLS)) {
      if (item.value().isTextual()) {
        toolName(set, "tools", item.text(64));
        tools.add(item.value());
      } else {
        Fields tool = item.object();
        tool.only("name", "permission_policy");
        String name = tool.requiredText("name", 64);
        toolName(tool, "name", name);
        ObjectNode entry = tools.addObject().put("name", name);
        entry.set("permission_policy", policy(tool, ALLOW));
      }
    }
    return wire;
  }

  private ObjectNode custom(Fields tool) {
    tool.only("type", "name", "description", "input_schema");
    String name = tool.requiredText("name", 128);
    toolName(tool, "name", name);
    ObjectNode wire =
        Json.object()
            .put("type", CUSTOM)
            .put("name", name)
            .put("description", tool.requiredText("description", MAX_DESCRIPTION));
    Fields schema = tool.requiredObject("input_schema");
    schema.requiredWord("type", "object");
    schema.object("properties");
    schema.texts("required", 1024, 1024);
    wire.set("input_schema", schema.json());
    return wire;
  }

  private void toolName(Fields fields, String key, String name) {
    if (!name.matches("[A-Za-z0-9_-]+")) {
      throw fields.invalid(key, "may hold only letters, digits, underscores and hyphens");
    }
    name(fields, key, name);
  }

  private void name(Fields fields, String key, String name) {
    count++;
    if (!names.add(name)) {
      throw fields.invalid(key, "there are two tools \"%s\"".formatted(name));
    }
  }

  private void once(Fields set, String what) {
    if (!sets.add(what)) {
      throw set.invalid("type", "\"%s\" stands here twice".formatted(Texts.shortened(what)));
    }
  }

  private static ObjectNode defaults(Fields set, String usual) {
    Fields sent =
        set.object("default_config", "enabled", "permission_policy")
            .orElseGet(() -> Fields.of(Json.object(), set.name("default_config")));
    ObjectNode wire = Json.object().put("enabled", sent.bool("enabled").orElse(true));
    wire.set("permission_policy", policy(sent, usual));
    return wire;
  }

  private static ObjectNode config(Fields sent, String name, ObjectNode defaults) {
    ObjectNode wire =
        Json.object()
            .put("name", name)
            .put("enabled", sent.bool("enabled").orElse(defaults.path("enabled").booleanValue()));
    wire.set(
        "permission_policy",
        policy(sent, defaults.path("permission_policy").path("type").textValue()));
    return wire;
  }

  private static ObjectNode policy(Fields sent, String usual) {
    return Json.object()
        .put(
            "type",
            sent.object("permission_policy", "type")
                .map(policy -> policy.requiredWord("type", ALLOW, ASK, "auto"))
                .orElse(usual));
  }

  /** Whether a tool of a toolset is on. */
  static boolean enabled(JsonNode configs, String name, JsonNode defaults) {
    return config(configs, name, defaults).path("enabled").booleanValue();
  }

  /** The configuration of a tool of a toolset: its own, else the default. */
  static JsonNode config(JsonNode configs, String name, JsonNode defaults) {
    for (JsonNode config : configs) {
      if (config.path("name").asText().equals(name)) {
        return config;
      }
    }
    return defaults;
  }
}
