package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.core.Usage;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.server.spi.AnswerSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One answer while it comes: what each event adds to it, and what it is in the end. */
final class ChatChoice {
  private final boolean parallel;
  private final boolean logprobs;
  private final AnswerSize size = new AnswerSize();
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder thinking = new StringBuilder();
  private final ArrayNode tokens = Json.mapper().createArrayNode();
  private final Map<Integer, String> ids = new TreeMap<>();
  private final Map<Integer, ModelEvent.ToolCall> calls = new TreeMap<>();
  private ModelEvent.@Nullable End end;

  ChatChoice(ChatRequest asked) {
    parallel = asked.parallel();
    logprobs = asked.logprobs();
  }

  /** A part of a streamed answer. */
  record Delta(ObjectNode delta, ArrayNode tokens) {}

  /** Takes an event; what it adds to the answer, if it adds anything. */
  List<Delta> accept(ModelEvent event) {
    return switch (event) {
      case ModelEvent.TextDelta(String more, List<ModelEvent.TokenLogprob> chosen) -> {
        size.add(more);
        text.append(more);
        ArrayNode told = Logprobs.json(chosen);
        tokens.addAll(told);
        yield List.of(new Delta(Json.object().put("content", more), told));
      }
      case ModelEvent.ThinkingDelta more -> {
        size.add(more.text());
        thinking.append(more.text());
        yield more.text().isEmpty() ? List.of() : plain("reasoning_content", more.text());
      }
      case ModelEvent.ToolCallDelta(int index, String name, String arguments) -> {
        size.add(arguments);
        yield wanted(index) ? List.of(fragment(index, name, arguments)) : List.of();
      }
      case ModelEvent.ToolCall call -> {
        boolean unseen = wanted(call.index()) && !ids.containsKey(call.index());
        if (wanted(call.index())) {
          calls.put(call.index(), call);
        }
        yield unseen
            ? List.of(fragment(call.index(), call.name(), Json.write(call.input())))
            : List.of();
      }
      case ModelEvent.PromptProgress _ -> List.of();
      case ModelEvent.End last -> {
        end = last;
        yield state(last).map(this::stateDelta).map(List::of).orElse(List.of());
      }
    };
  }

  private boolean wanted(int index) {
    return parallel || index == 0;
  }

  private static List<Delta> plain(String field, String value) {
    return List.of(new Delta(Json.object().put(field, value), Json.mapper().createArrayNode()));
  }

  private Delta fragment(int index, String name, String arguments) {
    ObjectNode delta = Json.object();
    ObjectNode call = delta.putArray("tool_calls").addObject().put("index", index);
    boolean first = !ids.containsKey(index);
    String id = ids.computeIfAbsent(index, i -> Ids.next("call"));
    if (first) {
      call.put("id", id).put("type", "function");
    }
    ObjectNode function = call.putObject("function");
    if (first) {
      function.put("name", name);
    }
    function.put("arguments", arguments);
    return new Delta(delta, Json.mapper().createArrayNode());
  }

  private Optional<ProviderState> state(ModelEvent.End last) {
    return calls.isEmpty() ? Optional.empty() : last.state();
  }

  private Delta stateDelta(ProviderState state) {
    ObjectNode delta = Json.object();
    ObjectNode call = delta.putArray("tool_calls").addObject();
    ChatState.write(call.put("index", calls.keySet().iterator().next().intValue()), state);
    return new Delta(delta, Json.mapper().createArrayNode());
  }

  boolean ended() {
    return end != null;
  }

  private ModelEvent.End end() {
    ModelEvent.End last = end;
    if (last == null) {
      throw new IllegalStateException("the answer has not ended");
    }
    return last;
  }

  Usage usage() {
    return end().usage();
  }

  String finishReason() {
    return switch (end().reason()) {
      case END_TURN, STOP_SEQUENCE -> calls.isEmpty() ? "stop" : "tool_calls";
      case TOOL_USE -> calls.isEmpty() ? "stop" : "tool_calls";
      case MAX_TOKENS -> "length";
      case REFUSAL -> "content_filter";
    };
  }

  ObjectNode json(int index) {
    ObjectNode out = Json.object().put("index", index);
    ObjectNode message = out.putObject("message").put("role", "assistant");
    message.put("content", text.isEmpty() && !calls.isEmpty() ? null : text.toString());
    message.putNull("refusal").putArray("annotations");
    if (!thinking.isEmpty()) {
      message.put("reasoning_content", thinking.toString());
    }
    if (!calls.isEmpty()) {
      ArrayNode list = message.putArray("tool_calls");
      List<ObjectNode> written = new ArrayList<>();
      calls.forEach(
          (i, call) -> {
            ObjectNode json = list.addObject();
            json.put("id", ids.computeIfAbsent(i, k -> Ids.next("call"))).put("type", "function");
            json.putObject("function")
                .put("name", call.name())
                .put("arguments", Json.write(call.input()));
            written.add(json);
          });
      state(end()).ifPresent(state -> ChatState.write(written.getFirst(), state));
    }
    if (logprobs) {
      out.set("logprobs", Logprobs.holder(tokens));
    } else {
      out.putNull("logprobs");
    }
    return out.put("finish_reason", finishReason());
  }
}
