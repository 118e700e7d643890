package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatTemplateTest {
  private static final Tokenizer TOKENIZER = GgufTokenizer.read(TestingLlama.file(true).read());
  private static final ChatMessage USER = new ChatMessage("user", "Hi {{ there }}\n");

  @Test
  void theKnownTemplateIsRenderedAsJinjaDoes() {
    List<List<ChatMessage>> conversations =
        List.of(
            List.of(USER),
            List.of(new ChatMessage("system", "Be brief"), USER),
            List.of(USER, new ChatMessage("assistant", "Yes"), USER));
    for (List<ChatMessage> messages : conversations) {
      assertThat(ChatTemplate.of(ChatMl.SMOLLM2_SOURCE, TOKENIZER).render(messages, List.of()))
          .isEqualTo(
              new JinjaTemplate(ChatMl.SMOLLM2_SOURCE, TOKENIZER).render(messages, List.of()));
    }
  }

  @Test
  void toolsAndCallsAreHandedOn() {
    String source =
        "{% if tools %}{% for t in tools %}[{{ t.function.name }}]{% endfor %}{% endif %}"
            + "{% for m in messages %}{{ m.role }}:{% if m.tool_calls %}"
            + "{% for c in m.tool_calls %}{{ c.function.name }}({{ c.function.arguments.a }})"
            + "{% endfor %}{% endif %};{% endfor %}";
    ChatTemplate template = ChatTemplate.of(source, TOKENIZER);
    ChatMessage call =
        new ChatMessage(
            "assistant", "", List.of(new Message.Call("1", "read", Json.object().put("a", 7))));
    ToolDefinition tool = new ToolDefinition("read", "Reads", Json.object(), true);
    assertThat(template.knowsTools()).isTrue();
    assertThat(template.render(List.of(USER, call), List.of(tool)))
        .isEqualTo("[read]user:;assistant:read(7);");
  }

  @Test
  void refusalsAreTold() {
    assertFails("{{ raise_exception('no system') }}", ErrorCode.INVALID_REQUEST, "no system");
    assertFails("{% for %}", ErrorCode.INVALID_REQUEST, "template");
  }

  @Test
  void endlessTemplatesAreStopped() {
    String loops =
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}"
            + "{% set x = a %}{% endfor %}{% endfor %}{% endfor %}";
    assertFails(loops, ErrorCode.LIMIT_EXCEEDED, "longer than");
    assertFails("x".repeat(300_000), ErrorCode.LIMIT_EXCEEDED, "256 KiB");
  }

  @Test
  void hugeOutputsAreStopped() {
    String grows =
        "{% for a in range(9999) %}{% for b in range(9999) %}"
            + "y".repeat(10_000)
            + "{% endfor %}{% endfor %}";
    assertThatThrownBy(() -> ChatTemplate.of(grows, TOKENIZER).render(List.of(USER), List.of()))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void javaIsOutOfReach() {
    String source = "{{ ''.getClass().forName('java.lang.Runtime').getRuntime() }}";
    try {
      assertThat(ChatTemplate.of(source, TOKENIZER).render(List.of(USER), List.of()))
          .doesNotContain("Runtime@");
    } catch (ModelException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    }
  }

  private static void assertFails(String source, ErrorCode code, String words) {
    assertThatThrownBy(() -> ChatTemplate.of(source, TOKENIZER).render(List.of(USER), List.of()))
        .isInstanceOfSatisfying(ModelException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(words);
  }
}
