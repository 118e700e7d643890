package dev.paddock.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tells steps as {@code step.start}, {@code step.delta} and {@code step.stop}, each once and in
 * order, wherever a stream begins. What the model was telling when its request failed is void: the
 * step that takes its place begins with a {@code step.start} of the same index.
 */
final class StepTeller {
  private static final int LONGEST_DELTA = 8192;
  private static final int STOPPED = -1;

  private final Consumer<ObjectNode> out;

  /** The next step to tell, or the one that is being told. */
  private int index;

  private int told;
  private Optional<String> telling = Optional.empty();

  /** Steps that were told before they stand in the log, the last ones up to {@code index}. */
  private final List<String> ahead = new ArrayList<>();

  /** Begins with what was told of the last one of them. */
  private CharSequence aheadText = "";

  StepTeller(Consumer<ObjectNode> out) {
    this.out = out;
  }

  /** Goes on behind what a client has. */
  void resume(StreamPosition.InStep at, InteractionState state) {
    int known = state.steps().size();
    boolean stands =
        at.index() < known && state.steps().get(at.index()).id().value().equals(at.step());
    if (!stands && (at.index() < known || state.request().isEmpty())) {
      index = Math.min(known, Math.max(0, at.index() - at.part()));
      return;
    }
    index = at.told() < 0 ? at.index() + 1 : at.index();
    if (at.told() >= 0) {
      telling = Optional.of(at.step());
      told = at.told();
    }
    if (!stands) {
      // what came before it in the same answer is not known by name: the answer is told anew if
      // this step turns out to be another one
      for (int part = 0; part < at.part(); part++) {
        ahead.add("");
      }
      ahead.add(at.step());
    }
  }

  /** To be called when an answer of the model stands in the log, or has failed. */
  void settle(InteractionState state) {
    if (ahead.isEmpty()) {
      return;
    }
    int base = base();
    for (int part = 0; part < ahead.size(); part++) {
      String id = ahead.get(part);
      int at = base + part;
      boolean stands = at < state.steps().size() && same(state.steps().get(at), id, part);
      if (!stands) {
        begin(id.isEmpty() || part > 0 && ahead.getFirst().isEmpty() ? base : at);
        return;
      }
    }
    ahead.clear();
    aheadText = "";
  }

  private int base() {
    return index - ahead.size() + (telling.isPresent() ? 1 : 0);
  }

  private boolean same(Step step, String id, int part) {
    boolean last = part == ahead.size() - 1;
    return (id.isEmpty() || step.id().value().equals(id))
        && (!last || telling.isEmpty() || begins(step.text()));
  }

  private boolean begins(String text) {
    int heard = Math.min(told, aheadText.length());
    return told <= text.length()
        && CharSequence.compare(text.substring(0, heard), aheadText.subSequence(0, heard)) == 0;
  }

  private void begin(int from) {
    index = from;
    told = 0;
    telling = Optional.empty();
    ahead.clear();
    aheadText = "";
  }

  /** Tells what stands in the log. */
  void tell(List<Step> steps) {
    while (index < steps.size()) {
      Step step = steps.get(index);
      if (telling.isPresent() && !telling.get().equals(step.id().value())) {
        begin(index);
      }
      start(step.id().value(), step.start(), 0);
      if (step.kind() == Step.Kind.OTHER) {
        if (told == 0 && step.delta().isPresent()) {
          delta(step.id().value(), step.delta().get(), 1, 0);
        }
      } else {
        text(step.id().value(), step.kind(), step.text(), 0);
      }
      stop(step.id().value(), 0);
    }
  }

  /** Tells what the model is saying; {@code known} steps stand in the log. */
  void tellAhead(int known, List<LiveText.Part> parts) {
    for (int part = 0; part < Math.min(ahead.size(), parts.size()); part++) {
      String id = ahead.get(part);
      if (!id.isEmpty() && !id.equals(parts.get(part).id())) {
        // told of a request that failed before this one
        begin(known);
      }
    }
    for (int part = index - known; part < parts.size(); part++) {
      LiveText.Part live = parts.get(part);
      if (telling.isPresent() && !telling.get().equals(live.id())) {
        return;
      }
      if (telling.isEmpty()) {
        ahead.add(live.id());
      }
      ObjectNode begin = live.kind() == Step.Kind.OUTPUT ? Step.emptyOutput() : Step.emptyThought();
      start(live.id(), begin, part);
      text(live.id(), live.kind(), live.text(), part);
      aheadText = live.text();
      if (part + 1 < parts.size()) {
        stop(live.id(), part);
      }
    }
  }

  private void start(String id, ObjectNode step, int part) {
    if (telling.isEmpty()) {
      told = 0;
      telling = Optional.of(id);
      send("step.start", id, part, event -> event.set("step", step));
    }
  }

  private void text(String id, Step.Kind kind, CharSequence text, int part) {
    while (told < text.length()) {
      int end = Math.min(text.length(), told + LONGEST_DELTA);
      if (Character.isHighSurrogate(text.charAt(end - 1))) {
        // its other half may be yet to come
        end += end == text.length() || end - 1 > told ? -1 : 1;
      }
      if (end <= told) {
        return;
      }
      delta(id, Step.bit(kind, text.subSequence(told, end).toString()), end, part);
    }
  }

  private void delta(String id, ObjectNode delta, int upTo, int part) {
    told = upTo;
    send("step.delta", id, part, event -> event.set("delta", delta));
  }

  private void stop(String id, int part) {
    told = STOPPED;
    send("step.stop", id, part, event -> {});
    index++;
    told = 0;
    telling = Optional.empty();
  }

  private void send(String type, String id, int part, Consumer<ObjectNode> more) {
    ObjectNode event = Json.object().put("event_type", type).put("index", index);
    more.accept(event);
    out.accept(event.put("event_id", new StreamPosition.InStep(index, part, id, told).write()));
  }
}
