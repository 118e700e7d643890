package dev.paddock.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.StopReason;
import dev.paddock.core.Usage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsTest {
  @TempDir Path home;
  private TestingApi api;
  private String session;
  private String events;

  @BeforeEach
  void open() {
    api = new TestingApi(home);
    session = api.session();
    events = "/v1/sessions/" + session + "/events";
  }

  @AfterEach
  void close() {
    api.close();
  }

  private TestingApi.Answer send(String event) {
    return api.call("POST", events, "{\"events\": [%s]}".formatted(event));
  }

  private EventId asks() {
    EventId call = EventId.next();
    api.loop(
        session,
        new SessionEvent.StatusRunning(EventId.next()),
        new SessionEvent.AgentToolUse(
            call, "bash", Json.object(), Permission.ASK, Optional.empty()),
        new SessionEvent.StatusIdle(
            EventId.next(), new StopReason.RequiresAction(List.of(call)), Optional.empty()));
    return call;
  }

  private static String confirmation(EventId call) {
    return "{\"type\": \"user.tool_confirmation\", \"tool_use_id\": \"%s\", \"result\": \"allow\"}"
        .formatted(call);
  }

  private int count() {
    return api.get(events + "?limit=1000").path("data").size();
  }

  @Test
  void aCallIsAnsweredOnce() {
    EventId call = asks();

    assertThat(send(confirmation(EventId.next())).status()).isEqualTo(400);
    assertThat(send(confirmation(call) + "," + confirmation(call)).status()).isEqualTo(409);
    assertThat(count()).as("nothing is stored of what is refused").isEqualTo(3);
    assertThat(send(confirmation(call)).status()).isEqualTo(200);
    assertThat(send(confirmation(call)).status()).isEqualTo(409);
    api.loop(session, new SessionEvent.AgentToolResult(EventId.next(), call, List.of(), false));
    assertThat(send(confirmation(call)).status()).isEqualTo(409);
    assertThat(api.platform.woken).contains(new SessionId(session));
  }

  @Test
  void aResultMustFitItsCall() {
    EventId call = asks();
    EventId custom = EventId.next();
    api.loop(session, new SessionEvent.AgentCustomToolUse(custom, "weather", Json.object()));
    String result =
        "{\"type\": \"user.custom_tool_result\", \"custom_tool_use_id\": \"%s\", \"content\": []}";

    assertThat(send(result.formatted(call)).message()).contains("none of a custom tool");
    assertThat(send(confirmation(custom)).message()).contains("does not ask");
    assertThat(send(result.formatted(custom)).status()).isEqualTo(200);
    assertThat(
            send("{\"type\": \"user.tool_result\", \"tool_use_id\": \"%s\"}".formatted(call))
                .message())
        .contains("self_hosted");
  }

  @Test
  void aRepeatedRequestWithAKeyIsTakenOnce() {
    String body =
        "{\"events\": [{\"type\": \"user.message\", \"content\": [{\"type\": \"text\", \"text\": \"x\"}]}]}";
    Map<String, List<String>> key = Map.of("idempotency-key", List.of("k1"));

    JsonNode first = api.call("POST", events, body, List.of(), key).body();
    JsonNode second = api.call("POST", events, body, List.of(), key).body();

    assertThat(second).isEqualTo(first);
    assertThat(count()).isEqualTo(1);
    String confirmed = "{\"events\": [%s]}".formatted(confirmation(asks()));
    Map<String, List<String>> other = Map.of("idempotency-key", List.of("k2"));
    JsonNode answered = api.call("POST", events, confirmed, List.of(), other).body();
    TestingApi.Answer again = api.call("POST", events, confirmed, List.of(), other);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(answered);
    assertThat(api.call("POST", events, confirmed).status()).isEqualTo(409);
  }

  @Test
  void onlyWhatTheVendorSaysIsShown() {
    EventId request = EventId.next();
    api.loop(
        session,
        new SessionEvent.AgentThinking(EventId.next(), Optional.of("hm")),
        new SessionEvent.ModelRequestStart(request, Optional.of("test/one")),
        new SessionEvent.StatusIdle(
            EventId.next(), new StopReason.Refusal(), Optional.of(Json.object())),
        new SessionEvent.ThreadChanged(
            EventId.next(), "session.thread_created", "sesn_child", Json.object()));
    JsonNode shown = api.get(events).path("data");

    assertThat(shown.get(0).has("text")).isFalse();
    assertThat(shown.get(2).path("stop_details").path("type").asText()).isEqualTo("refusal");
    assertThat(shown.get(3).path("session_thread_id").asText()).isEqualTo("sthr_child");
    assertThat(shown.get(3).has("workflow_run_id")).isTrue();
    assertThat(shown).allMatch(event -> event.path("processed_at").isTextual());
  }

  @Test
  void aBlobInAMessageMustBeWhatItSays() {
    String image =
        "{\"type\": \"user.message\", \"content\": [{\"type\": \"image\", \"source\": {\"type\": \"base64\", \"media_type\": \"%s\", \"data\": \"%s\"}}]}";

    assertThat(send(image.formatted("image/png", "!!")).message()).contains("base64");
    assertThat(send(image.formatted("image/tiff", "AAAA")).message()).contains("media_type");
    assertThat(send(image.formatted("image/png", "AAAA")).status()).isEqualTo(200);
    assertThat(
            send("{\"type\": \"user.message\", \"content\": [{\"type\": \"document\", \"source\": {\"type\": \"file\", \"file_id\": \"file_x\"}}]}")
                .message())
        .contains("no such file");
  }

  @Test
  void changedToolsStandInTheDocumentAndTheLog() {
    api.post(
        "/v1/sessions/" + session,
        "{\"agent\": {\"tools\": [{\"type\": \"custom\", \"name\": \"t\", \"description\": \"d\", \"input_schema\": {\"type\": \"object\"}}]}}");

    SessionDocument document =
        SessionDocument.read(
            api.platform.sessions().find(new SessionId(session)).orElseThrow().document());
    assertThat(document.clientTools()).extracting(tool -> tool.name()).containsExactly("t");
    assertThat(document.definition().tools().orElseThrow())
        .extracting(rule -> rule.name())
        .containsExactly("t");
    JsonNode updated = api.get(events).path("data").get(0);
    assertThat(updated.path("type").asText()).isEqualTo("session.updated");
    assertThat(updated.path("agent").path("tools").get(0).path("name").asText()).isEqualTo("t");
  }

  @Test
  void anArchivedSessionIsStoppedAndTakesNothing() {
    api.post("/v1/sessions/" + session + "/archive", "");

    assertThat(api.platform.stopped).containsExactly(new SessionId(session));
    assertThat(send("{\"type\": \"user.interrupt\"}").status()).isEqualTo(400);
    assertThat(api.call("POST", "/v1/sessions/" + session, "{\"title\": \"t\"}").status())
        .isEqualTo(400);
    assertThat(api.get("/v1/sessions").path("data")).isEmpty();
    assertThat(api.get("/v1/sessions?include_archived=true").path("data")).hasSize(1);
  }

  @Test
  void anotherWorkspaceSeesNoSession() {
    api.workspace("wrkspc_other");

    assertThat(api.call("GET", events, "").status()).isEqualTo(404);
    assertThat(api.call("GET", events + "/stream", "").status()).isEqualTo(404);
    assertThat(send("{\"type\": \"user.interrupt\"}").status()).isEqualTo(404);
    assertThat(api.call("DELETE", "/v1/sessions/" + session, "").status()).isEqualTo(404);
    assertThat(api.get("/v1/sessions").path("data")).isEmpty();
  }

  @Test
  void aBudgetNeedsAPriceAndCanOnlyBeRaised() {
    String agent =
        api.post("/v1/agents", "{\"name\": \"a\", \"model\": \"test/priced\"}").path("id").asText();
    String budget =
        "\"budget\": {\"type\": \"limit\", \"max_list_cost\": {\"amount\": \"%d\", \"currency\": \"USD\"}}";
    String capped = api.session(agent, ", " + budget.formatted(500));
    EventId request = EventId.next();
    api.loop(
        capped,
        new SessionEvent.ModelRequestStart(request, Optional.empty()),
        new SessionEvent.ModelRequestEnd(
            EventId.next(),
            request,
            false,
            new Usage(10, 20, 0, 0),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(2.5)));
    String path = "/v1/sessions/" + capped;

    JsonNode usage = api.get(path).path("usage");
    assertThat(usage.path("list_cost").path("amount").asText()).isEqualTo("250");
    assertThat(usage.path("output_tokens").asInt()).isEqualTo(20);
    TestingApi.Answer low = api.call("POST", path, "{%s}".formatted(budget.formatted(200)));
    assertThat(low.body().path("error").path("details").path("error_code").asText())
        .isEqualTo("budget_not_raised");
    api.post(path, "{%s}".formatted(budget.formatted(900)));
    assertThat(
            SessionDocument.read(
                    api.platform.sessions().find(new SessionId(capped)).orElseThrow().document())
                .definition()
                .budget()
                .usd())
        .contains(9.0);
    api.post(path, "{\"budget\": null}");
    TestingApi.Answer again = api.call("POST", path, "{%s}".formatted(budget.formatted(900)));
    assertThat(again.body().path("error").path("details").path("error_code").asText())
        .isEqualTo("budget_create_only");
  }
}
