package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code auth} of a credential. What is secret in it goes apart, to be sealed, and never comes
 * back: neither in answers nor in errors.
 *
 * @param shown what answers show
 * @param secrets by name, as text
 */
record CredentialWire(ObjectNode shown, ObjectNode secrets) {
  static final String ENVIRONMENT_VARIABLE = "environment_variable";

  /** What stands for the secret in a sandbox. */
  static final String PLACEHOLDER = "placeholder";

  static final String SEALED = "sealed";
  private static final String[] TYPES = {"mcp_oauth", "static_bearer", ENVIRONMENT_VARIABLE};
  private static final int MAX_SECRET = 65_536;
  private static final int MAX_HOSTS = 16;
  private static final int SHORTEST_VALUE = 4;
  private static final int LONGEST_VALUE = 16_384;

  /** Variables that change what the sandbox's own programs do. */
  private static final Set<String> RESERVED =
      Set.of("PATH", "HOME", "PWD", "SHELL", "USER", "IFS", "ENV", "BASH_ENV");

  static CredentialWire create(Fields fields, Clock clock) {
    Fields auth = fields.requiredObject("auth");
    String type = auth.requiredWord("type", TYPES);
    CredentialWire wire = new CredentialWire(Json.object().put("type", type), Json.object());
    switch (type) {
      case "mcp_oauth" -> wire.createOauth(auth, clock);
      case "static_bearer" -> {
        auth.only("type", "mcp_server_url", "token");
        wire.shown.put("mcp_server_url", McpServerWire.url(auth, "mcp_server_url"));
        wire.secret(auth, "token");
      }
      default -> wire.createVariable(auth);
    }
    return wire;
  }

  /**
   * @param stored the secrets as they are, opened
   */
  static CredentialWire update(Fields auth, JsonNode shown, ObjectNode stored, Clock clock) {
    String type = auth.requiredWord("type", TYPES);
    if (!type.equals(shown.path("type").asText())) {
      throw auth.invalid("type", "cannot be changed");
    }
    CredentialWire wire = new CredentialWire(shown.deepCopy(), stored);
    switch (type) {
      case "mcp_oauth" -> wire.updateOauth(auth, clock);
      case "static_bearer" -> {
        auth.only("type", "token");
        wire.newSecret(auth, "token");
      }
      default -> {
        auth.only("type", "injection_location", "networking", "secret_value");
        wire.newSecret(auth, "secret_value");
        if (auth.has("networking")) {
          wire.shown.set("networking", networking(auth));
        }
        wire.injection(auth);
        wire.requireUsable(auth);
      }
    }
    return wire;
  }

  private void secret(Fields fields, String key) {
    secrets.put(key, fields.requiredText(key, MAX_SECRET));
  }

  private void newSecret(Fields fields, String key) {
    if (fields.has(key)) {
      secret(fields, key);
    }
  }

  /** What the proxy can put in, and find again in answers. */
  private void requireUsable(Fields auth) {
    String value = secrets.path("secret_value").asText();
    if (value.length() < SHORTEST_VALUE || value.length() > LONGEST_VALUE) {
      throw auth.invalid(
          "secret_value",
          "must have %d to %,d characters; a shorter one could not be masked in answers"
              .formatted(SHORTEST_VALUE, LONGEST_VALUE));
    }
    boolean header = shown.path("injection_location").path("header").booleanValue();
    if (header && value.chars().anyMatch(c -> c < ' ' && c != '\t')) {
      throw auth.invalid(
          "secret_value",
          "has a line break or control character and cannot stand in a header; set"
              + " injection_location to body only");
    }
  }

  private void createVariable(Fields auth) {
    auth.only("type", "networking", "secret_name", "secret_value", "injection_location");
    String name = auth.requiredText("secret_name", 255);
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw auth.invalid(
          "secret_name", "must be a name of an environment variable, such as API_TOKEN");
    }
    if (RESERVED.contains(name) || name.startsWith("LD_")) {
      throw auth.invalid("secret_name", "belongs to the sandbox itself");
    }
    shown.put("secret_name", name);
    shown.set("networking", networking(auth));
    shown.putObject("injection_location").put("header", true).put("body", false);
    injection(auth);
    secret(auth, "secret_value");
    requireUsable(auth);
  }

  private void injection(Fields auth) {
    ObjectNode location = shown.withObjectProperty("injection_location");
    auth.object("injection_location", "header", "body")
        .ifPresent(
            sent -> {
              sent.bool("header").ifPresent(on -> location.put("header", on));
              sent.bool("body").ifPresent(on -> location.put("body", on));
            });
    if (!location.path("header").booleanValue() && !location.path("body").booleanValue()) {
      throw auth.invalid("injection_location", "must enable header or body");
    }
  }

  private static ObjectNode networking(Fields auth) {
    Fields networking = auth.requiredObject("networking");
    if (networking.requiredWord("type", "unrestricted", "limited").equals("unrestricted")) {
      networking.only("type");
      return Json.object().put("type", "unrestricted");
    }
    networking.only("type", "allowed_hosts");
    List<Fields.Item> hosts = networking.list("allowed_hosts", MAX_HOSTS);
    if (hosts.isEmpty()) {
      throw networking.invalid("allowed_hosts", "must name at least one host");
    }
    ObjectNode wire = Json.object().put("type", "limited");
    ArrayNode list = wire.putArray("allowed_hosts");
    hosts.forEach(host -> list.add(Hosts.require(host, false)));
    return wire;
  }

  private void createOauth(Fields auth, Clock clock) {
    auth.only("type", "access_token", "mcp_server_url", "expires_at", "refresh");
    shown.put("mcp_server_url", McpServerWire.url(auth, "mcp_server_url"));
    secret(auth, "access_token");
    expiry(auth, clock);
    Optional<Fields> refresh =
        auth.object(
            "refresh",
            "client_id",
            "refresh_token",
            "token_endpoint",
            "token_endpoint_auth",
            "resource",
            "scope");
    shown.set("refresh", refresh.map(this::createRefresh).orElse(null));
  }

  private void expiry(Fields auth, Clock clock) {
    Optional<String> expires = auth.text("expires_at", 64);
    expires.ifPresent(
        text -> {
          Instant time = Query.instant(auth.name("expires_at"), text);
          if (!time.isAfter(clock.instant())) {
            throw auth.invalid("expires_at", "must be in the future");
          }
          shown.put("expires_at", time.toString());
        });
    if (expires.isEmpty() && !shown.has("expires_at")) {
      shown.putNull("expires_at");
    }
  }

  private ObjectNode createRefresh(Fields refresh) {
    ObjectNode wire = Json.object().put("client_id", refresh.requiredText("client_id", 2048));
    wire.put("token_endpoint", McpServerWire.url(refresh, "token_endpoint"));
    wire.put("resource", refresh.text("resource", 2048).orElse(null));
    wire.put("scope", refresh.text("scope", 4096).orElse(null));
    secret(refresh, "refresh_token");
    Fields endpoint = refresh.requiredObject("token_endpoint_auth", "type", "client_secret");
    String type =
        endpoint.requiredWord("type", "none", "client_secret_basic", "client_secret_post");
    if (!type.equals("none")) {
      secret(endpoint, "client_secret");
    }
    wire.putObject("token_endpoint_auth").put("type", type);
    return wire;
  }

  private void updateOauth(Fields auth, Clock clock) {
    auth.only("type", "access_token", "expires_at", "refresh");
    newSecret(auth, "access_token");
    expiry(auth, clock);
    Optional<Fields> sent = auth.object("refresh", "refresh_token", "scope", "token_endpoint_auth");
    if (sent.isEmpty()) {
      return;
    }
    Fields refresh = sent.get();
    if (!(shown.path("refresh") instanceof ObjectNode wire)) {
      throw auth.invalid("refresh", "the credential was created without it");
    }
    newSecret(refresh, "refresh_token");
    refresh
        .text("scope", 4096)
        .ifPresent(scope -> wire.put("scope", scope.isEmpty() ? null : scope));
    refresh
        .object("token_endpoint_auth", "type", "client_secret")
        .ifPresent(
            endpoint -> {
              endpoint.requiredWord("type", "client_secret_basic", "client_secret_post");
              if (wire.path("token_endpoint_auth").path("type").asText().equals("none")) {
                throw refresh.invalid(
                    "token_endpoint_auth", "the credential uses no client secret");
              }
              newSecret(endpoint, "client_secret");
            });
  }

  /** The credential without its secrets. */
  static ObjectNode archived(ObjectNode credential, String now) {
    ObjectNode archived = credential.deepCopy();
    archived.remove(List.of(SEALED, PLACEHOLDER));
    return archived.put("archived_at", now).put("updated_at", now);
  }

  static ObjectNode wire(JsonNode credential) {
    ObjectNode wire = credential.deepCopy();
    return wire.without(List.of(SEALED, PLACEHOLDER));
  }
}
