package dev.paddock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventJsonTest {
  private static final EventId ID = new EventId("sevt_1");
  private static final EventId CALL = new EventId("sevt_2");

  private static void roundTrips(SessionEvent event, String json) {
    JsonNode written = Json.tree(Json.write(event));
    assertThat(written).isEqualTo(Json.tree(json));
    assertThat(Json.read(json, SessionEvent.class)).isEqualTo(event);
  }

  @Test
  void writesTheWireFormOfTheManagedAgentsApi() {
    roundTrips(
        new SessionEvent.UserMessage(ID, List.of(ContentBlock.text("hi"))),
        """
        {"id":"sevt_1","type":"user.message","content":[{"type":"text","text":"hi"}]}""");
    roundTrips(
        new SessionEvent.AgentToolUse(
            ID, "bash", Json.object().put("command", "ls"), Permission.ALLOW, Optional.empty()),
        """
        {"id":"sevt_1","type":"agent.tool_use","name":"bash","input":{"command":"ls"},
         "evaluated_permission":"allow"}""");
    roundTrips(
        new SessionEvent.AgentToolResult(ID, CALL, List.of(), true),
        """
        {"id":"sevt_1","type":"agent.tool_result","tool_use_id":"sevt_2","content":[],
         "is_error":true}""");
    roundTrips(
        new SessionEvent.StatusIdle(
            ID, new StopReason.RequiresAction(List.of(CALL)), Optional.empty()),
        """
        {"id":"sevt_1","type":"session.status_idle",
         "stop_reason":{"type":"requires_action","event_ids":["sevt_2"]}}""");
    roundTrips(
        new SessionEvent.ModelRequestEnd(
            ID,
            CALL,
            false,
            new Usage(1, 2, 3, 4),
            Optional.of("end_turn"),
            Optional.of(new ProviderState("anthropic", Json.object().put("signature", "x"))),
            Optional.empty(),
            Optional.of(0.5),
            Optional.of(Json.tree("[{\"pointer\":\"/a\"}]"))),
        """
        {"id":"sevt_1","type":"span.model_request_end","model_request_start_id":"sevt_2",
         "is_error":false,"model_usage":{"input_tokens":1,"output_tokens":2,
         "cache_read_input_tokens":3,"cache_creation_input_tokens":4},"stop":"end_turn",
         "provider_state":{"provider":"anthropic","value":{"signature":"x"}},"cost_usd":0.5,
         "origins":[{"pointer":"/a"}]}""");
  }

  @Test
  void keepsAnEventOfANewerWriterAsItCame() {
    String json =
        """
        {"id":"sevt_1","type":"agent.dreamed","depth":3,"of":{"sheep":["a","b"]}}""";
    SessionEvent event = Json.read(json, SessionEvent.class);
    assertThat(event).isInstanceOf(SessionEvent.Unknown.class);
    assertThat(event.type()).isEqualTo("agent.dreamed");
    assertThat(Json.tree(Json.write(event))).isEqualTo(Json.tree(json));
  }

  @Test
  void readsAThreadsLife() {
    String json =
        """
        {"id":"sevt_1","type":"session.thread_status_idle","session_thread_id":"sthr_1",
         "stop_reason":{"type":"end_turn"}}""";
    SessionEvent event = Json.read(json, SessionEvent.class);
    assertThat(event).isInstanceOf(SessionEvent.ThreadChanged.class);
    assertThat(Json.tree(Json.write(event))).isEqualTo(Json.tree(json));
  }

  @Test
  void everyEventTypeHasAName() {
    for (Class<?> type : SessionEvent.class.getDeclaredClasses()) {
      if (type.isRecord()
          && type != SessionEvent.Unknown.class
          && type != SessionEvent.ThreadChanged.class) {
        assertThat(type.getAnnotation(com.fasterxml.jackson.annotation.JsonTypeName.class))
            .as(type.getSimpleName())
            .isNotNull();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"id\":\"sevt_1\"}",
        "{\"id\":\"sevt_1\",\"type\":7}",
        "{\"id\":\"sevt_1\",\"type\":\"user.message\"}",
        "{\"type\":\"user.message\",\"content\":[]}",
        "{\"id\":\"../etc\",\"type\":\"user.message\",\"content\":[]}",
        "{\"id\":\"sevt_1\",\"type\":\"user.message\",\"content\":[{\"type\":\"nonsense\"}]}",
        "{\"id\":\"sevt_1\",\"id\":\"sevt_2\",\"type\":\"user.message\",\"content\":[]}",
        "{\"id\":\"sevt_1\",\"type\":\"user.message\",\"content\":[]} trailing"
      })
  void refusesWhatIsNoEvent(String json) {
    assertThatThrownBy(() -> Json.read(json, SessionEvent.class))
        .isInstanceOf(CoreException.class)
        .extracting(e -> ((CoreException) e).code())
        .isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  @Test
  void refusesJsonThatIsTooDeep() {
    String json = "[".repeat(300) + "]".repeat(300);
    assertThatThrownBy(() -> Json.tree(json)).isInstanceOf(CoreException.class);
  }
}
