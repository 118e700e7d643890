package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** {@code mcp_servers} of an agent. */
final class McpServerWire {
  private static final int MAX_SERVERS = 20;
  private static final int MAX_URL = 2048;

  private McpServerWire() {}

  static ArrayNode read(Fields fields) {
    ArrayNode servers = Json.mapper().createArrayNode();
    List<String> names = new ArrayList<>();
    for (Fields server : fields.objects("mcp_servers", MAX_SERVERS)) {
      server.only("type", "name", "url");
      server.requiredWord("type", "url");
      String name = server.requiredText("name", 255);
      if (names.contains(name)) {
        throw server.invalid("name", "there are two servers of this name");
      }
      names.add(name);
      servers.addObject().put("type", "url").put("name", name).put("url", url(server, "url"));
    }
    return servers;
  }

  /** Every server must be used by a toolset, and every toolset must have its server. */
  static void requireUse(Fields fields, ObjectNode agent) {
    ArrayNode tools = (ArrayNode) agent.path("tools");
    List<String> used = ToolPlan.servers(tools);
    List<String> named = new ArrayList<>();
    for (JsonNode server : agent.path("mcp_servers")) {
      String name = server.path("name").asText();
      named.add(name);
      if (!used.contains(name)) {
        throw fields.invalid(
            "mcp_servers",
            "the server \"%s\" is used by no mcp_toolset in tools"
                .formatted(Texts.shortened(name)));
      }
    }
    for (String name : used) {
      if (!named.contains(name)) {
        throw fields.invalid(
            "tools",
            "the mcp_toolset names the server \"%s\", which mcp_servers lacks"
                .formatted(Texts.shortened(name)));
      }
    }
  }

  static String url(Fields fields, String key) {
    String text = fields.requiredText(key, MAX_URL);
    try {
      URI url = new URI(text);
      String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
      if (Set.of("http", "https").contains(scheme)
          && url.getHost() != null
          && url.getUserInfo() == null) {
        return text;
      }
    } catch (URISyntaxException e) {
      throw fields.invalid(key, "is no URL: " + e.getReason());
    }
    throw fields.invalid(key, "must be an http or https URL with a host and without credentials");
  }
}
