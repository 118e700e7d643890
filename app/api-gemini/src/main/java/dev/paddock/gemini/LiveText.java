package dev.paddock.gemini;

import dev.paddock.agent.Preview;
import dev.paddock.core.EventId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the model has said of its answer before it stands in the log, as far as it was heard. */
final class LiveText {
  private final Map<String, StringBuilder> texts = new LinkedHashMap<>();
  private final Map<String, Step.Kind> kinds = new LinkedHashMap<>();
  private final Set<String> ignored = new HashSet<>();

  LiveText copy() {
    LiveText copy = new LiveText();
    kinds.forEach(copy.kinds::put);
    texts.forEach((id, text) -> copy.texts.put(id, new StringBuilder(text)));
    copy.ignored.addAll(ignored);
    return copy;
  }

  /** A step to come, with its text so far. */
  record Part(String id, Step.Kind kind, CharSequence text) {}

  /** Whether there is more than before. */
  boolean hear(Preview preview, boolean thoughts) {
    return switch (preview) {
      case Preview.Text text -> add(text.event(), Step.Kind.OUTPUT, text.delta());
      case Preview.Thinking thinking ->
          add(thinking.event(), Step.Kind.THOUGHT, thoughts ? thinking.delta() : "");
      case Preview.Retry ignored -> {
        forgetAll();
        yield false;
      }
      case Preview.ToolCall ignored -> false;
      case Preview.Prompt ignored -> false;
      case Preview.CallProgress ignored -> false;
    };
  }

  private boolean add(EventId id, Step.Kind kind, String delta) {
    if (ignored.contains(id.value())) {
      return false;
    }
    kinds.putIfAbsent(id.value(), kind);
    texts.computeIfAbsent(id.value(), ignored -> new StringBuilder()).append(delta);
    return true;
  }

  /** What was heard so far is told by the log, or is void; what more comes of it is not heard. */
  void forgetAll() {
    ignored.addAll(texts.keySet());
    texts.clear();
    kinds.clear();
  }

  void forget(String id) {
    ignored.add(id);
    texts.remove(id);
    kinds.remove(id);
  }

  /**
   * The steps of one answer, in the order in which the log will have them; empty when they came in
   * another order, then the log must be waited for.
   */
  List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    kinds.forEach(
        (id, kind) -> parts.add(new Part(id, kind, texts.getOrDefault(id, new StringBuilder()))));
    boolean ordered =
        parts.size() < 2
            || (parts.size() == 2
                && parts.get(0).kind() == Step.Kind.THOUGHT
                && parts.get(1).kind() == Step.Kind.OUTPUT);
    return ordered ? parts : List.of();
  }
}
