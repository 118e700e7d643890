package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a model said in one turn.
 *
 * @param messageId the id that the previews of the text carried
 */
record ModelTurn(
    EventId messageId,
    String text,
    EventId thinkingId,
    String thinking,
    List<Call> calls,
    ModelEvent.End end) {
  private static final int MAX_CHARS = 8 << 20;
  private static final int MAX_CALLS = 1024;

  /** A call in the order in which it was whole. */
  record Call(EventId id, String name, ObjectNode input) {}

  static ModelTurn collect(EventId request, ModelStream stream, Consumer<Preview> listener)
      throws InterruptedException {
    EventId message = EventId.next();
    EventId thinkingId = EventId.next();
    StringBuilder text = new StringBuilder();
    StringBuilder thinking = new StringBuilder();
    List<Call> calls = new ArrayList<>();
    listener.accept(new Preview.Asking(request));
    while (true) {
      Optional<ModelEvent> next = stream.next();
      if (next.isEmpty()) {
        throw new ModelException(
            ErrorCode.UNAVAILABLE, "the model's answer was cut off before its end");
      }
      switch (next.get()) {
        case ModelEvent.TextDelta e -> {
          text.append(e.text());
          listener.accept(new Preview.Text(message, e.text()));
        }
        case ModelEvent.ThinkingDelta e -> {
          thinking.append(e.text());
          listener.accept(new Preview.Thinking(thinkingId, e.text()));
        }
        case ModelEvent.ToolCallDelta e ->
            listener.accept(new Preview.ToolCall(request, e.index(), e.name(), e.arguments()));
        case ModelEvent.ToolCall e -> calls.add(new Call(EventId.next(), e.name(), e.input()));
        case ModelEvent.PromptProgress e ->
            listener.accept(new Preview.Prompt(request, e.done(), e.total()));
        case ModelEvent.End end -> {
          return new ModelTurn(
              message, text.toString(), thinkingId, thinking.toString(), List.copyOf(calls), end);
        }
      }
      if (text.length() + thinking.length() > MAX_CHARS || calls.size() > MAX_CALLS) {
        throw new ModelException(
            ErrorCode.LIMIT_EXCEEDED,
            "the model's answer is larger than %,d characters or %,d calls"
                .formatted(MAX_CHARS, MAX_CALLS));
      }
    }
  }
}
