package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.server.spi.ServerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@code config} of an environment. Networking that is left out is {@code limited} with no hosts: a
 * sandbox has no network unless someone asks for it.
 */
final class EnvironmentWire {
  static final String CLOUD = "cloud";
  static final String SELF_HOSTED = "self_hosted";

  /** Paddock's own: what a fresh workspace of the environment's sessions holds. */
  static final String MANIFEST = "manifest";

  /** Paddock's own: whether a person is asked about hosts that are not on the list. */
  static final String ASK = "ask";

  private static final String[] MANAGERS = {"apt", "cargo", "gem", "go", "npm", "pip"};
  private static final int MAX_HOSTS = 256;
  private static final int MAX_PACKAGES = 256;

  private EnvironmentWire() {}

  /**
   * @param stored what an update leaves as it is where nothing is sent
   * @param manifests reads a manifest
   */
  static ObjectNode config(
      Fields fields, Optional<JsonNode> stored, Function<JsonNode, ObjectNode> manifests) {
    Optional<Fields> sent = fields.object("config");
    if (sent.isEmpty()) {
      return stored.isPresent() ? (ObjectNode) stored.get() : cloud(Optional.empty(), stored);
    }
    Fields config = sent.get();
    String type = config.requiredWord("type", CLOUD, SELF_HOSTED);
    stored
        .filter(old -> !old.path("type").asText().equals(type))
        .ifPresent(
            old -> {
              throw ServerException.invalid("config.type", "cannot be changed")
                  .withDetailCode("invalid_config_type_change");
            });
    if (type.equals(SELF_HOSTED)) {
      config.only("type");
      return Json.object().put("type", SELF_HOSTED);
    }
    config.only("type", "networking", "packages", MANIFEST);
    ObjectNode wire = cloud(sent, stored);
    if (config.has(MANIFEST)) {
      wire.set(MANIFEST, manifest(config.json().path(MANIFEST), manifests));
    } else if (!config.sent(MANIFEST)) {
      stored
          .filter(old -> old.has(MANIFEST))
          .ifPresent(old -> wire.set(MANIFEST, old.path(MANIFEST)));
    }
    return wire;
  }

  private static ObjectNode manifest(JsonNode sent, Function<JsonNode, ObjectNode> manifests) {
    try {
      return manifests.apply(sent);
    } catch (PaddockException e) {
      throw ServerException.invalid("config.manifest", e.getMessage());
    }
  }

  private static ObjectNode cloud(Optional<Fields> config, Optional<JsonNode> stored) {
    ObjectNode wire = Json.object().put("type", CLOUD);
    ObjectNode networking =
        config
            .flatMap(fields -> fields.object("networking"))
            .map(sent -> networking(sent, stored.map(old -> old.path("networking"))))
            .or(() -> stored.map(old -> (ObjectNode) old.path("networking")))
            .orElseGet(() -> limited(false, false, List.of()));
    ObjectNode packages =
        packages(
            config.flatMap(fields -> fields.object("packages")),
            stored.map(old -> old.path("packages")));
    boolean wanted = packages.valueStream().anyMatch(list -> list.isArray() && !list.isEmpty());
    if (wanted
        && networking.path("type").asText().equals("limited")
        && !networking.path("allow_package_managers").booleanValue()) {
      throw ServerException.invalid(
          "config.networking.allow_package_managers", "must be true when packages are named");
    }
    wire.set("networking", networking);
    wire.set("packages", packages);
    return wire;
  }

  private static ObjectNode networking(Fields sent, Optional<JsonNode> stored) {
    if (sent.requiredWord("type", "unrestricted", "limited").equals("unrestricted")) {
      sent.only("type");
      return Json.object().put("type", "unrestricted");
    }
    sent.only("type", "allow_mcp_servers", "allow_package_managers", "allowed_hosts", ASK);
    JsonNode old =
        stored
            .filter(before -> before.path("type").asText().equals("limited"))
            .orElseGet(() -> limited(false, false, List.of()));
    List<String> hosts = new ArrayList<>();
    if (sent.has("allowed_hosts")) {
      for (Fields.Item host : sent.list("allowed_hosts", MAX_HOSTS)) {
        hosts.add(Hosts.require(host, true));
      }
    } else {
      old.path("allowed_hosts").forEach(host -> hosts.add(host.asText()));
    }
    ObjectNode wire =
        limited(
            sent.bool("allow_mcp_servers").orElse(old.path("allow_mcp_servers").booleanValue()),
            sent.bool("allow_package_managers")
                .orElse(old.path("allow_package_managers").booleanValue()),
            hosts);
    return sent.bool(ASK).orElse(old.path(ASK).booleanValue()) ? wire.put(ASK, true) : wire;
  }

  private static ObjectNode limited(boolean mcpServers, boolean packages, List<String> hosts) {
    ObjectNode wire =
        Json.object()
            .put("type", "limited")
            .put("allow_mcp_servers", mcpServers)
            .put("allow_package_managers", packages);
    ArrayNode list = wire.putArray("allowed_hosts");
    hosts.forEach(list::add);
    return wire;
  }

  private static ObjectNode packages(Optional<Fields> sent, Optional<JsonNode> stored) {
    ObjectNode wire = Json.object().put("type", "packages");
    sent.ifPresent(
        packages -> {
          packages.only("type", "apt", "cargo", "gem", "go", "npm", "pip");
          packages.word("type", "packages");
        });
    for (String manager : MANAGERS) {
      ArrayNode list = wire.putArray(manager);
      if (sent.isPresent() && sent.get().has(manager)) {
        sent.get().texts(manager, MAX_PACKAGES, 255).forEach(list::add);
      } else {
        stored.ifPresent(old -> old.path(manager).forEach(list::add));
      }
    }
    return wire;
  }
}
