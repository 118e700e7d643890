package dev.paddock.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.Route;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No input is a failure of ours, and what is refused leaves nothing behind. */
class FuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("paddock.soak") ? 40_000 : 2_000;
  private static final long SEED = 20261124;

  /** Requests as they should be, which are then spoiled. */
  private static final Map<String, String> BODIES =
      Map.of(
          "/v1/agents",
          """
          {"name": "a", "model": {"id": "test/one", "effort": "low"}, "system": "s", "description": "d",
           "tools": [{"type": "agent_toolset_20260401", "configs": [{"name": "web_search", "allowed_domains": ["a.b"]}],
                      "default_config": {"enabled": true, "permission_policy": {"type": "auto"}}},
                     {"type": "mcp_toolset", "mcp_server_name": "m"},
                     {"type": "custom", "name": "c", "description": "d", "input_schema": {"type": "object"}},
                     {"type": "paddock_toolset", "tools": ["extract", {"name": "view_image"}]}],
           "mcp_servers": [{"type": "url", "name": "m", "url": "https://m.example.com"}],
           "metadata": {"k": "v"}, "skills": [], "multiagent": null, "version": 1}
          """,
          "/v1/environments",
          """
          {"name": "e", "config": {"type": "cloud", "packages": {"pip": ["x"]}, "networking":
           {"type": "limited", "allow_package_managers": true, "allowed_hosts": ["a.example.com"]}}}
          """,
          "/v1/sessions",
          """
          {"agent": {"type": "agent_with_overrides", "id": "AGENT", "system": null, "tools": []},
           "environment_id": "ENV", "title": "t", "metadata": {"a": "b"}, "vault_ids": [],
           "resources": [{"type": "github_repository", "url": "https://github.com/a/b",
                          "checkout": {"type": "branch", "name": "main"}}],
           "initial_events": [{"type": "user.message", "content": [{"type": "text", "text": "x"}]}]}
          """,
          "/v1/sessions/{id}/events",
          """
          {"events": [{"type": "user.message", "content": [{"type": "text", "text": "x"},
             {"type": "document", "title": "t", "source": {"type": "text", "media_type": "text/plain", "data": "d"}},
             {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}]},
            {"type": "user.define_outcome", "description": "d", "rubric": {"type": "text", "content": "r"}},
            {"type": "user.interrupt"},
            {"type": "user.tool_confirmation", "tool_use_id": "sevt_x", "result": "deny", "deny_message": "n"}]}
          """,
          "/v1/vaults/{vault}/credentials",
          """
          {"display_name": "c", "auth": {"type": "mcp_oauth", "access_token": "t", "mcp_server_url": "https://a.b",
            "expires_at": "2999-01-01T00:00:00Z", "refresh": {"client_id": "c", "refresh_token": "r",
            "token_endpoint": "https://t.e", "token_endpoint_auth": {"type": "client_secret_post", "client_secret": "s"}}}}
          """,
          "/v1/memory_stores/{store}/memories",
          "{\"path\": \"/a/b\", \"content\": \"c\", \"precondition\": {\"type\": \"content_sha256\"}}");

  @TempDir Path home;
  private final Random random = new Random(SEED);
  private final List<String> ids = new ArrayList<>();

  @Test
  void everyAnswerIsOneOfTheVendors() {
    try (TestingApi api = new TestingApi(home)) {
      String agent = api.agent();
      String environment = api.post("/v1/environments", "{\"name\": \"e\"}").path("id").asText();
      ids.addAll(
          List.of(
              agent,
              environment,
              api.session(),
              api.post("/v1/vaults", "{\"display_name\": \"v\"}").path("id").asText(),
              api.post("/v1/memory_stores", "{\"name\": \"m\"}").path("id").asText()));
      int refused = 0;
      for (int round = 0; round < ROUNDS; round++) {
        Route route = api.routes().get(random.nextInt(api.routes().size()));
        if (route.path().endsWith("stream")) {
          continue;
        }
        String body = body(route, agent, environment);
        String path = path(route) + query(route);
        boolean write = !route.method().equals("GET");
        ObjectNode before = write ? api.stored() : Json.object();
        TestingApi.Answer answer = api.call(route.method(), path, body);
        String what = "%s %s %s".formatted(route.method(), path, body);
        assertThat(answer.status()).as(what).isIn(200, 400, 404, 409, 413);
        if (answer.status() != 200) {
          refused++;
          assertThat(answer.body().path("type").asText()).as(what).isEqualTo("error");
          assertThat(answer.message()).as(what).isNotBlank();
          if (write) {
            assertThat(api.stored()).as(what).isEqualTo(before);
          }
        } else if (answer.body().path("id").isTextual() && write) {
          ids.add(answer.body().path("id").asText());
        }
      }
      assertThat(refused).isBetween(ROUNDS / 10, ROUNDS);
    }
  }

  private String path(Route route) {
    StringBuilder path = new StringBuilder();
    for (String segment : route.path().substring(1).split("/")) {
      path.append('/').append(segment.startsWith("{") ? id() : segment);
    }
    return path.toString();
  }

  private String id() {
    return switch (random.nextInt(8)) {
      case 0 -> "x".repeat(1 + random.nextInt(400));
      case 1 -> "sesn_" + (char) random.nextInt(1, 0x2fff);
      case 2 -> List.of("..", ".", " ", "'", "%", "\u0001", "a.b", "agent_").get(random.nextInt(8));
      default -> ids.get(random.nextInt(ids.size()));
    };
  }

  private String query(Route route) {
    if (!route.method().equals("GET") || random.nextInt(3) > 0) {
      return "";
    }
    String name =
        List.of(
                "limit",
                "page",
                "order",
                "created_at[gte]",
                "created_at[lt]",
                "statuses[]",
                "types[]",
                "include_archived",
                "view",
                "depth",
                "path_prefix",
                "agent_id",
                "memory_store_id",
                "version",
                "ids[]",
                "scope_id",
                "source",
                "operation",
                "memory_id")
            .get(random.nextInt(19));
    String value =
        List.of(
                "1",
                "0",
                "-1",
                "99999999999999999999",
                "true",
                "desc",
                "2026-01-01T00:00:00Z",
                "x",
                "%00",
                "bjo",
                "bjp4",
                "cDp4",
                "bjouLi4",
                "%F0%9F%98%80",
                "/a/",
                "full",
                "idle",
                "'")
            .get(random.nextInt(18));
    return "?" + name + "=" + value;
  }

  private String body(Route route, String agent, String environment) {
    if (!route.method().equals("POST")) {
      return "";
    }
    if (random.nextInt(20) == 0) {
      return List.of("", "[]", "null", "{", "\"x\"", "{\"a\": 1, \"a\": 2}", "1e999")
          .get(random.nextInt(7));
    }
    List<String> all = List.copyOf(BODIES.values());
    String fitting = BODIES.getOrDefault(route.path(), all.get(random.nextInt(all.size())));
    ObjectNode body =
        (ObjectNode) Json.tree(fitting.replace("AGENT", agent).replace("ENV", environment));
    for (int i = random.nextInt(3); i > 0; i--) {
      spoil(body);
    }
    return Json.write(body);
  }

  /** Changes one value somewhere. */
  private void spoil(JsonNode node) {
    if (node instanceof ObjectNode object && !object.isEmpty()) {
      List<String> keys = new ArrayList<>();
      object.fieldNames().forEachRemaining(keys::add);
      String key = keys.get(random.nextInt(keys.size()));
      JsonNode child = object.get(key);
      if (child.isContainerNode() && !child.isEmpty() && random.nextInt(3) > 0) {
        spoil(child);
      } else {
        switch (random.nextInt(6)) {
          case 0 -> object.remove(key);
          case 1 -> object.put(key + "x", 1);
          default -> object.set(key, nonsense());
        }
      }
    } else if (node instanceof ArrayNode array && !array.isEmpty()) {
      int at = random.nextInt(array.size());
      if (array.get(at).isContainerNode() && random.nextInt(3) > 0) {
        spoil(array.get(at));
      } else {
        array.set(at, nonsense());
      }
    }
  }

  private JsonNode nonsense() {
    return Json.tree(
        List.of(
                "null",
                "true",
                "0",
                "-1",
                "1e300",
                "9223372036854775808",
                "\"\"",
                "\"\\u0000\"",
                "\"\\u200b\"",
                "[]",
                "{}",
                "[[]]",
                "{\"type\": \"text\"}",
                "[null]",
                "\"" + "y".repeat(2000) + "\"",
                "\"../..\"",
                "\"https://u:p@h/\"",
                "\"auto\"")
            .get(random.nextInt(18)));
  }
}
