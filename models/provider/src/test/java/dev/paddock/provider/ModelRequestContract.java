package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.provider.spi.Effort;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.Sampling;
import dev.paddock.provider.spi.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every adapter asks, in its provider's form. */
abstract class ModelRequestContract extends AdapterTest {
  ModelRequestContract(TestingAdapter adapter) {
    super(adapter);
  }

  @Test
  void asksForEverythingInTheProvidersForm() throws Exception {
    ObjectNode image =
        Json.object().put("type", "base64").put("media_type", "image/png").put("data", "iVBORw==");
    ModelRequest request =
        new ModelRequest(
            Optional.of("Be brief."),
            List.of(
                new Message.User(
                    List.of(ContentBlock.text("Look:"), new ContentBlock.Image(image))),
                new Message.Assistant(
                    "I read both.",
                    List.of(
                        new Message.Call("call_1", "read", object("{\"path\":\"a\"}")),
                        new Message.Call("call_2", "list", object("{}"))),
                    Optional.empty(),
                    Optional.of(new ProviderState("another", object("{\"x\":1}")))),
                new Message.ToolResult(
                    "call_1", "read", List.of(ContentBlock.text("alpha")), false),
                new Message.ToolResult(
                    "call_2",
                    "list",
                    List.of(ContentBlock.text("no such folder"), new ContentBlock.Image(image)),
                    true),
                new Message.Instruction("Answer in German.")),
            List.of(readTool(), listTool()),
            new ToolChoice.Auto(),
            Optional.of(schema()),
            new Sampling(
                Optional.of(0.5),
                Optional.of(0.9),
                Optional.of(40),
                Optional.of(7L),
                Optional.of(256),
                List.of("END")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false);
    answer("text", request);
    assertThat(server.lastRequest().method()).isEqualTo("POST");
    assertThat(object(server.lastRequest().text())).isEqualTo(expected("everything"));
  }

  @ParameterizedTest
  @CsvSource({"NONE", "LOW", "MEDIUM", "HIGH", "MAX"})
  void asksForEffort(Effort effort) throws Exception {
    answer("text", question().withEffort(Optional.of(effort)));
    assertThat(object(server.lastRequest().text()))
        .isEqualTo(expected("efforts").get(effort.name()));
  }

  @ParameterizedTest
  @CsvSource({"auto", "required", "none", "named"})
  void asksForTools(String choice) throws Exception {
    ToolChoice how =
        switch (choice) {
          case "required" -> new ToolChoice.Required();
          case "none" -> new ToolChoice.None();
          case "named" -> new ToolChoice.Named("list");
          default -> new ToolChoice.Auto();
        };
    answer("text", question().withTools(List.of(listTool()), how));
    assertThat(object(server.lastRequest().text())).isEqualTo(expected("choices").get(choice));
  }

  @Test
  void sendsBackWhatTheProviderWantedKept() throws Exception {
    List<ModelEvent> events = answer("state", withTools());
    ModelEvent.End end = end(events);
    List<Message.Call> calls = new ArrayList<>();
    calls(events)
        .forEach(c -> calls.add(new Message.Call("evt_" + c.index(), c.name(), c.input())));
    ProviderState stored = Json.read(Json.write(end.state().orElseThrow()), ProviderState.class);
    List<Message> messages = new ArrayList<>(question().messages());
    messages.add(
        new Message.Assistant(
            textOf(events), calls, Optional.of(thinkingOf(events)), Optional.of(stored)));
    for (Message.Call call : calls) {
      messages.add(
          new Message.ToolResult(call.id(), call.name(), List.of(ContentBlock.text("ok")), false));
    }
    answer("text", ModelRequest.of(messages).withTools(withTools().tools(), new ToolChoice.Auto()));
    assertThat(object(server.lastRequest().text())).isEqualTo(expected("state"));
  }

  @Test
  void refusesAnAdapter() {
    ModelRequest q = question();
    ModelRequest request =
        new ModelRequest(
            q.system(),
            q.messages(),
            q.tools(),
            q.toolChoice(),
            q.output(),
            q.sampling(),
            q.effort(),
            Optional.of("my-lora"),
            q.logprobs(),
            false);
    Model model = model(server.url(), PATIENT);
    assertThatThrownBy(() -> model.stream(request)).isInstanceOf(ModelException.class);
  }

  private ObjectNode expected(String name) {
    return object(resource(name + ".request.json"));
  }
}
