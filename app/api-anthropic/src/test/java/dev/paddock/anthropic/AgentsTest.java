package dev.paddock.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentsTest {
  @TempDir Path home;
  private TestingApi api;

  @BeforeEach
  void open() {
    api = new TestingApi(home);
  }

  @AfterEach
  void close() {
    api.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"nam\": 1 | nam",
        "\"name\": 7 | name",
        "\"name\": \"\" | name",
        "\"tools\": {} | tools",
        "\"tools\": [{\"type\": \"shell\"}] | tools[0].type",
        "\"tools\": [{\"type\": \"custom\", \"name\": \"a b\"}] | tools[0].name",
        "\"tools\": [{\"type\": \"agent_toolset_20260401\", \"configs\": [{\"name\": \"bash\", \"permission_policy\": {\"type\": \"never\"}}]}] | tools[0].configs[0].permission_policy.type",
        "\"tools\": [{\"type\": \"agent_toolset_20260401\"}, {\"type\": \"agent_toolset_20260401\"}] | tools[1].type",
        "\"tools\": [{\"type\": \"mcp_toolset\", \"mcp_server_name\": \"x\"}] | tools",
        "\"mcp_servers\": [{\"type\": \"url\", \"name\": \"x\", \"url\": \"https://a.b\"}] | mcp_servers",
        "\"mcp_servers\": [{\"type\": \"url\", \"name\": \"x\", \"url\": \"file:///etc\"}] | mcp_servers[0].url",
        "\"metadata\": {\"k\": 1} | metadata.k",
        "\"skills\": [{\"type\": \"custom\", \"skill_id\": \"skill_x\"}] | skills[0].skill_id",
        "\"multiagent\": {\"type\": \"coordinator\", \"agents\": []} | multiagent.agents",
        "\"multiagent\": {\"type\": \"coordinator\", \"agents\": [\"agent_x\"]} | multiagent.agents[0].id",
        "\"multiagent\": {\"type\": \"multiagent_20261001\", \"workflows\": {\"type\": \"enabled\"}} | multiagent.workflows",
        "\"execution_identity\": {\"type\": \"aws_role\", \"role_arn\": \"x\"} | execution_identity.type",
        "\"system\": \"\\u0000\" | system"
      })
  void whatIsWrongIsNamedAndNothingIsStored(String field, String name) {
    String rest = field.startsWith("\"name\"") ? "" : ", \"name\": \"a\"";
    TestingApi.Answer answer =
        api.call("POST", "/v1/agents", "{\"model\": \"test/one\", %s%s}".formatted(field, rest));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.type()).isEqualTo("invalid_request_error");
    assertThat(answer.message()).startsWith(name + ":");
    assertThat(api.stored().path("agent").asInt()).isZero();
    assertThat(api.stored().path("agent_version").asInt()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "true", "[\"test/one\"]"})
  void aModelIsAnIdOrAnObject(String model) {
    TestingApi.Answer answer =
        api.call("POST", "/v1/agents", "{\"name\": \"a\", \"model\": %s}".formatted(model));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).isEqualTo("model: must be a model's id or an object");
  }

  @Test
  void limitsAreThoseOfTheVendor() {
    String pair = "\"%d\": \"v\"";
    String metadata = String.join(",", IntStream.range(0, 17).mapToObj(pair::formatted).toList());
    assertThat(
            api.call(
                    "POST",
                    "/v1/agents",
                    "{\"name\": \"a\", \"model\": \"test/one\", \"metadata\": {%s}}"
                        .formatted(metadata))
                .message())
        .contains("16 pairs");
    String tool =
        "{\"type\": \"custom\", \"name\": \"t%d\", \"description\": \"d\", \"input_schema\": {\"type\": \"object\"}}";
    String tools = String.join(",", IntStream.range(0, 257).mapToObj(tool::formatted).toList());
    assertThat(
            api.call(
                    "POST",
                    "/v1/agents",
                    "{\"name\": \"a\", \"model\": \"test/one\", \"tools\": [%s]}".formatted(tools))
                .message())
        .contains("256");
  }

  @Test
  void anAgentOfAnotherWorkspaceIsNotFound() {
    String id = api.agent();
    api.workspace("wrkspc_other");

    assertThat(api.call("GET", "/v1/agents/" + id, "").status()).isEqualTo(404);
    assertThat(api.call("POST", "/v1/agents/" + id, "{\"name\": \"b\"}").status()).isEqualTo(404);
    assertThat(api.get("/v1/agents").path("data")).isEmpty();
    assertThat(api.call("GET", "/v1/agents/" + id + "/versions", "").status()).isEqualTo(404);
  }

  @Test
  void concurrentUpdatesEachMakeAVersion() throws InterruptedException {
    String id = api.agent();
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> threads =
        IntStream.range(0, 8)
            .mapToObj(
                n ->
                    Thread.ofVirtual()
                        .start(
                            () -> {
                              try {
                                go.await();
                              } catch (InterruptedException e) {
                                throw new AssertionError(e);
                              }
                              api.post("/v1/agents/" + id, "{\"system\": \"%d\"}".formatted(n));
                            }))
            .toList();
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(api.get("/v1/agents/" + id).path("version").asInt()).isEqualTo(9);
    JsonNode versions = api.get("/v1/agents/" + id + "/versions?limit=100").path("data");
    assertThat(versions.valueStream().map(version -> version.path("version").asInt()).toList())
        .containsExactly(9, 8, 7, 6, 5, 4, 3, 2, 1);
    assertThat(api.call("POST", "/v1/agents/" + id, "{\"name\": \"x\", \"version\": 3}").status())
        .isEqualTo(409);
  }

  @Test
  void aRosterPinsVersionsAndHasOneLevel() {
    String helper = api.agent();
    JsonNode lead =
        Json.tree(
            api.post(
                    "/v1/agents",
                    "{\"name\": \"l\", \"model\": \"test/one\", \"multiagent\": {\"type\": \"coordinator\", \"agents\": [\"%s\", {\"type\": \"self\"}]}}"
                        .formatted(helper))
                .toString());
    assertThat(lead.path("multiagent").path("agents"))
        .extracting(entry -> entry.path("version").asInt())
        .containsExactly(1, 1);

    TestingApi.Answer deeper =
        api.call(
            "POST",
            "/v1/agents",
            "{\"name\": \"x\", \"model\": \"test/one\", \"multiagent\": {\"type\": \"coordinator\", \"agents\": [\"%s\"]}}"
                .formatted(lead.path("id").asText()));
    assertThat(deeper.status()).isEqualTo(400);
    assertThat(deeper.message()).contains("only one level");
  }

  @Test
  void subagentsOfTheNewerFormAreMergedAndTheRestIsOff() {
    String helper = api.agent();
    String lead =
        api.agent(
            ", \"multiagent\": {\"type\": \"multiagent_20261001\", \"subagents\": {\"type\": \"enabled\", \"predefined_agents\": [\"%s\"]}}"
                .formatted(helper));
    JsonNode changed =
        api.post(
            "/v1/agents/" + lead,
            "{\"system\": \"s\", \"multiagent\": {\"type\": \"multiagent_20261001\"}}");

    assertThat(changed.path("multiagent").path("workflows").path("type").asText())
        .isEqualTo("disabled");
    assertThat(changed.path("multiagent").path("subagents").path("predefined_agents")).hasSize(1);
  }
}
