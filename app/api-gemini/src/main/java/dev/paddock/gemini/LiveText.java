package dev.paddock.gemini;

import dev.paddock.agent.Preview;
import dev.paddock.core.EventId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the model says of its answer before it stands in the log. */
final class LiveText {
  private final Map<EventId, Part> parts = new LinkedHashMap<>();
  private Optional<EventId> request = Optional.empty();

  /** A step to come, with its text so far. */
  record Part(String id, Step.Kind kind, StringBuilder text) {}

  /** Whether there is more than before. */
  boolean hear(Preview preview, boolean thoughts) {
    return switch (preview) {
      case Preview.Asking asking -> {
        request = Optional.of(asking.request());
        parts.clear();
        yield false;
      }
      case Preview.Text text -> add(text.event(), Step.Kind.OUTPUT, text.delta());
      case Preview.Thinking thinking ->
          add(thinking.event(), Step.Kind.THOUGHT, thoughts ? thinking.delta() : "");
      case Preview.Retry ignored -> false;
      case Preview.ToolCall ignored -> false;
      case Preview.Prompt ignored -> false;
      case Preview.CallProgress ignored -> false;
    };
  }

  /** What belongs to a request whose beginning was not heard lacks its own. */
  private boolean add(EventId id, Step.Kind kind, String delta) {
    if (request.isEmpty()) {
      return false;
    }
    parts
        .computeIfAbsent(id, key -> new Part(key.value(), kind, new StringBuilder()))
        .text()
        .append(delta);
    return true;
  }

  LiveText copy() {
    LiveText copy = new LiveText();
    copy.request = request;
    parts.forEach(
        (id, part) ->
            copy.parts.put(id, new Part(part.id(), part.kind(), new StringBuilder(part.text()))));
    return copy;
  }

  /**
   * The steps of the answer to a request, in the order in which the log will have them; empty when
   * it was not heard, or came in another order: then the log must be waited for.
   */
  List<Part> of(EventId asked) {
    if (!request.equals(Optional.of(asked))) {
      return List.of();
    }
    List<Part> said = new ArrayList<>(parts.values());
    boolean ordered =
        said.size() < 2
            || (said.size() == 2
                && said.get(0).kind() == Step.Kind.THOUGHT
                && said.get(1).kind() == Step.Kind.OUTPUT);
    return ordered ? said : List.of();
  }
}
