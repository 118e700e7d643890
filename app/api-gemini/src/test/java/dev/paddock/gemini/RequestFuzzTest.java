package dev.paddock.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.server.TestingPlatform;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No request makes the server fail, and one that is refused leaves nothing behind. */
class RequestFuzzTest {
  private static final int REQUESTS = 800;
  private static final Set<ErrorCode> REFUSALS =
      Set.of(
          ErrorCode.INVALID_REQUEST,
          ErrorCode.NOT_FOUND,
          ErrorCode.CONFLICT,
          ErrorCode.LIMIT_EXCEEDED,
          ErrorCode.PERMISSION_DENIED);
  private static final List<String> HOSTILE =
      List.of(
          "null",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"../../etc/passwd\"",
          "\"remote\"",
          "-1",
          "1e400",
          "99999999999999999999",
          "[]",
          "{}",
          "[[[[[]]]]]",
          "true",
          "\"environments/\"",
          "{\"type\":\"text\",\"text\":\"x\"}",
          "{\"$ref\":\"#/nowhere\"}",
          "{\"pattern\":\"(\"}",
          "{\"type\":7}");

  @TempDir Path folder;
  private TestingPlatform platform;
  private TestingApi api;
  private List<String> known = List.of();

  @BeforeEach
  void open() {
    platform = TestingApi.platform(folder);
    api = new TestingApi(platform);
  }

  @AfterEach
  void close() {
    platform.close();
  }

  private static final String INTERACTION =
      """
      {"agent": "antigravity-preview-05-2026", "background": true, "system_instruction": "Be kind.",
       "input": [{"type": "user_input", "content": [{"type": "text", "text": "hi"},
                  {"type": "image", "data": "AAAA", "mime_type": "image/png"}]},
                 {"type": "thought", "summary": [{"type": "text", "text": "hm"}]},
                 {"type": "function_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
                 {"type": "function_result", "call_id": "c1", "result": {"b": 2}},
                 {"role": "user", "content": "and?"}],
       "tools": [{"type": "code_execution"},
                 {"type": "function", "name": "f", "description": "d",
                  "parameters": {"type": "OBJECT", "properties": {"a": {"type": "INTEGER"}}}}],
       "response_format": {"type": "text", "mime_type": "application/json",
                           "schema": {"type": "object", "properties": {"x": {"type": "string"}}}},
       "generation_config": {"temperature": 0.5, "top_p": 0.9, "seed": 3, "max_output_tokens": 9,
                             "stop_sequences": ["x"], "thinking_level": "low",
                             "thinking_summaries": "auto", "tool_choice": "auto"},
       "environment": {"type": "remote", "env": {"A": "b", "C": {"value": "d"}},
                       "network": {"allowlist": [{"domain": "*.example.com"}]},
                       "sources": [{"type": "inline", "target": "a/b.txt", "content": "x"}]},
       "agent_config": {"type": "antigravity", "model": "test/one", "max_total_tokens": "100"},
       "labels": {"team": "blue"}, "service_tier": "standard", "store": true}
      """;
  private static final String ENVIRONMENT =
      """
      {"sources": [{"target": "a.txt", "content": "eA==", "encoding": "base64"}],
       "network": "disabled"}
      """;
  private static final String AGENT =
      """
      {"description": "d", "base_agent": "antigravity-preview-05-2026",
       "system_instruction": "s", "tools": [{"type": "code_execution"}],
       "base_environment": {"type": "remote", "sources": []},
       "agent_config": {"type": "antigravity", "max_total_tokens": "5"}}
      """;

  @Test
  void bodies() {
    Map<String, String> bodies =
        Map.of(
            "/v1beta/interactions", INTERACTION,
            "/v1beta/environments", ENVIRONMENT,
            "/v1beta/agents", AGENT);
    bodies.forEach((path, body) -> assertThat(api.post(path, body)).isNotEmpty());
    known = stored();
    int refused = 0;
    for (int seed = 0; seed < REQUESTS; seed++) {
      Random random = new Random(seed);
      String path = List.copyOf(bodies.keySet()).get(random.nextInt(bodies.size()));
      ObjectNode body = (ObjectNode) Json.tree(bodies.getOrDefault(path, "{}"));
      int changes = 1 + random.nextInt(3);
      for (int i = 0; i < changes; i++) {
        mutate(body, random);
      }
      body.remove("stream");
      boolean waits = !body.has("background") || body.path("background").isNull();
      if (path.endsWith("/interactions") && (waits || body.path("background").isBoolean())) {
        body.put("background", true);
      }
      refused += refused("seed " + seed, "POST", path, Map.of(), Json.bytes(body)) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(REQUESTS / 4);
  }

  private static void mutate(ObjectNode body, Random random) {
    List<JsonNode> containers = new ArrayList<>();
    collect(body, containers);
    JsonNode chosen = containers.get(random.nextInt(containers.size()));
    JsonNode value = Json.tree(HOSTILE.get(random.nextInt(HOSTILE.size())));
    switch (chosen) {
      case ObjectNode object when !object.isEmpty() -> {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(4)) {
          case 0 -> object.remove(name);
          case 1 -> object.set(name + "x", value);
          default -> object.set(name, value);
        }
      }
      case ObjectNode object -> object.set("x", value);
      case ArrayNode array -> array.add(value);
      default -> throw new AssertionError(chosen);
    }
  }

  private static void collect(JsonNode node, List<JsonNode> containers) {
    if (node.isContainerNode()) {
      containers.add(node);
      node.forEach(child -> collect(child, containers));
    }
  }

  @Test
  void pathsQueriesAndHeaders() {
    String environment = api.post("/v1beta/environments", ENVIRONMENT).path("id").asText();
    known = stored();
    List<String> ids =
        List.of(environment, "env_none", "x", "%2e", "int_", "int_x", "a".repeat(300));
    List<String> paths =
        List.of(
            "a.txt",
            "a.txt/b",
            "..",
            "/",
            "//etc/passwd",
            "a\u0000b",
            "é/ü",
            "b".repeat(300),
            ".",
            "x%2F..%2Fy");
    List<String> queries =
        List.of(
            "",
            "?alt=media",
            "?alt=x",
            "?page_size=0",
            "?page_size=-1",
            "?page_size=99999999999",
            "?page_token=!",
            "?page_token=AAAA",
            "?recursive=maybe",
            "?stream=true&last_event_id=1:2:x:y",
            "?stream=2",
            "?extract=true",
            "?overwrite=no",
            "?upload_id=upload_none",
            "?include_input=x");
    List<Map<String, String>> headers =
        List.of(
            Map.of(),
            Map.of("x-goog-upload-protocol", "resumable"),
            Map.of("x-goog-upload-protocol", "resumable", "x-goog-upload-command", "start"),
            Map.of(
                "x-goog-upload-protocol",
                "resumable",
                "x-goog-upload-command",
                "start",
                "x-goog-upload-header-content-length",
                "-5"),
            Map.of(
                "x-goog-upload-protocol",
                "resumable",
                "x-goog-upload-command",
                "start",
                "x-goog-upload-header-content-length",
                "99999999999999999"),
            Map.of("x-goog-upload-protocol", "y"),
            Map.of("x-goog-upload-command", "upload, finalize", "x-goog-upload-offset", "z"));
    for (String id : ids) {
      for (String query : queries) {
        refused(query, "GET", "/v1beta/interactions/" + id + query, Map.of(), new byte[0]);
        refused(query, "GET", "/v1beta/agents/" + id + query, Map.of(), new byte[0]);
        refused(
            query,
            "POST",
            "/v1beta/interactions/" + id + "/cancel" + query,
            Map.of(),
            bytes("{\"x\":1}"));
        refused(query, "GET", "/v1beta/environments" + query, Map.of(), new byte[0]);
        refused(query, "GET", "/v1beta/agents" + query, Map.of(), new byte[0]);
        boolean there = id.equals(environment);
        for (String path : there ? paths : paths.subList(0, 1)) {
          String file = "/v1beta/environments/" + id + "/files/" + path + query;
          refused(file, "GET", file, Map.of(), new byte[0]);
          for (Map<String, String> header : there ? headers : headers.subList(0, 1)) {
            refused(file + header, "POST", "/upload" + file, header, bytes("x"));
          }
        }
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether it was refused; then nothing may be there that was not there before. */
  private boolean refused(
      String what, String method, String path, Map<String, String> headers, byte[] body) {
    try {
      api.call(method, path, headers, body);
      known = stored();
      return false;
    } catch (PaddockException e) {
      assertThat(REFUSALS).as("%s %s: %s", what, path, e).contains(e.code());
      assertThat(e.getMessage().length()).isLessThan(2000);
      assertThat(stored()).as("%s %s", what, path).isEqualTo(known);
      return true;
    } catch (RuntimeException e) {
      throw new AssertionError(
          what + " " + path + " " + new String(body, StandardCharsets.UTF_8), e);
    }
  }

  /** The newest of each kind: anything new would be it. */
  private List<String> stored() {
    List<String> all = new ArrayList<>(platform.workspaces());
    platform.sessions().list(SessionFilter.newest(1)).forEach(one -> all.add(one.id().value()));
    for (String kind : List.of(Agents.KIND, Environments.KIND, "interaction_upload")) {
      platform
          .resources()
          .list(ResourceFilter.newest(kind, 1))
          .forEach(one -> all.add(one.id() + " " + one.version()));
    }
    return all;
  }
}
