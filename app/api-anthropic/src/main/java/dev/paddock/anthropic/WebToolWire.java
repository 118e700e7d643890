package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.util.List;
import java.util.Optional;

/** What {@code web_fetch} and {@code web_search} can be told beyond on, off and policy. */
final class WebToolWire {
  private static final int MAX_DOMAINS = 64;
  private static final int MAX_NAMES = 128;
  private static final List<String> SETTINGS =
      List.of(
          "allowed_domains",
          "blocked_domains",
          "max_content_tokens",
          "url_sources",
          "user_location");

  private WebToolWire() {}

  /** What the tool itself is told: what its own configuration says of it. */
  static Optional<ObjectNode> settings(String tool, JsonNode config) {
    boolean own = tool.startsWith("web_") && config.path("name").asText().equals(tool);
    if (!own) {
      return Optional.empty();
    }
    ObjectNode settings = Json.object();
    for (String key : SETTINGS) {
      if (config.hasNonNull(key)) {
        settings.set(key, config.get(key));
      }
    }
    return Optional.of(settings);
  }

  static ObjectNode read(Fields config) {
    return switch (config.requiredText("name", 64)) {
      case "web_fetch" -> fetch(config);
      case "web_search" -> search(config);
      default -> {
        config.only("name", "type", "enabled", "permission_policy");
        yield Json.object();
      }
    };
  }

  private static ObjectNode fetch(Fields config) {
    config.only(
        "name",
        "type",
        "enabled",
        "permission_policy",
        "allowed_domains",
        "blocked_domains",
        "max_content_tokens",
        "url_sources");
    ObjectNode wire = domains(config);
    config
        .integer("max_content_tokens", 1, 10_000_000)
        .ifPresent(tokens -> wire.put("max_content_tokens", tokens));
    Optional<Fields> sources =
        config.object("url_sources", "client_tool_results", "server_tool_results", "user_input");
    wire.set("url_sources", sources.map(WebToolWire::sources).orElse(null));
    return wire;
  }

  private static ObjectNode sources(Fields sources) {
    ObjectNode wire = Json.object();
    for (String key : List.of("client_tool_results", "server_tool_results", "user_input")) {
      boolean lists = !key.equals("user_input");
      wire.set(key, sources.has(key) ? source(sources, key, lists) : null);
    }
    return wire;
  }

  private static ObjectNode source(Fields sources, String key, boolean lists) {
    if (sources.json().path(key).isTextual()) {
      return Json.object().put("type", sources.requiredWord(key, "all", "none"));
    }
    Fields source = sources.requiredObject(key, "type", "tools");
    String type =
        lists
            ? source.requiredWord("type", "all", "none", "only", "except")
            : source.requiredWord("type", "all", "none");
    ObjectNode wire = Json.object().put("type", type);
    if (type.equals("only") || type.equals("except")) {
      ArrayNode tools = wire.putArray("tools");
      for (Fields tool : source.objects("tools", MAX_NAMES)) {
        tool.only("type", "name");
        tools
            .addObject()
            .put("type", tool.requiredWord("type", "tool_reference"))
            .put("name", tool.requiredText("name", 128));
      }
      if (tools.isEmpty()) {
        throw source.invalid("tools", "must name at least one tool");
      }
    }
    return wire;
  }

  private static ObjectNode search(Fields config) {
    config.only(
        "name",
        "type",
        "enabled",
        "permission_policy",
        "allowed_domains",
        "blocked_domains",
        "user_location");
    ObjectNode wire = domains(config);
    Optional<Fields> location =
        config.object("user_location", "type", "city", "country", "region", "timezone");
    wire.set("user_location", location.map(WebToolWire::location).orElse(null));
    return wire;
  }

  private static ObjectNode location(Fields location) {
    ObjectNode wire = Json.object().put("type", location.requiredWord("type", "approximate"));
    for (String key : List.of("city", "country", "region", "timezone")) {
      wire.put(key, location.text(key, 255).orElse(null));
    }
    return wire;
  }

  private static ObjectNode domains(Fields config) {
    ObjectNode wire = Json.object();
    for (String key : List.of("allowed_domains", "blocked_domains")) {
      if (config.has(key)) {
        List<String> domains = config.texts(key, MAX_DOMAINS, 255);
        if (domains.isEmpty()) {
          throw config.invalid(key, "must not be empty; leave it out instead");
        }
        domains.forEach(wire.withArrayProperty(key)::add);
      }
    }
    if (wire.size() == 2) {
      throw config.invalid("blocked_domains", "cannot be combined with allowed_domains");
    }
    return wire;
  }
}
