package dev.paddock.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Ids;
import dev.paddock.provider.spi.ModelEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns the bytes of an answer into events: text, or a call of a tool. */
final class AnswerText {
  /** How some models announce a call. */
  private static final String OPENING = "<tool_call>";

  private enum Kind {
    /** Not known yet: what was said is held back. */
    OPEN,
    TEXT,
    CALL,
    /** A call or an answer in JSON; only the whole tells. */
    EITHER
  }

  private final TurnSchema turn;
  private final LocalStream.Sink sink;
  private final StopFilter stops;
  private final Utf8Stream utf8 = new Utf8Stream();
  private final CallStream call = new CallStream();
  private final StringBuilder held = new StringBuilder();
  private final List<ModelEvent.TokenLogprob> described = new ArrayList<>();
  private Kind kind;

  AnswerText(TurnSchema turn, boolean constrained, List<String> stop, LocalStream.Sink sink) {
    this.turn = turn;
    this.sink = sink;
    boolean isCall = constrained && turn.calls().equals(turn.schema());
    if (turn.calls().isEmpty()) {
      kind = Kind.TEXT;
    } else if (isCall) {
      kind = Kind.CALL;
    } else {
      kind = constrained ? Kind.EITHER : Kind.OPEN;
    }
    stops = new StopFilter(kind == Kind.CALL ? List.of() : stop);
  }

  boolean stopped() {
    return stops.stopped();
  }

  /** Whether it is a call for certain: cut off it is worth nothing, so it is not ended early. */
  boolean isCall() {
    return kind == Kind.CALL;
  }

  /** Whether the answer, until now undecided, begins a call with this token. */
  boolean beginsCall(String token) {
    return kind == Kind.OPEN && opened(held + token).startsWith("{");
  }

  private static String opened(String text) {
    String said = text.strip();
    return said.startsWith(OPENING) ? said.substring(OPENING.length()).strip() : said;
  }

  void setCall() {
    kind = Kind.CALL;
    held.setLength(0);
  }

  void push(byte[] bytes, List<ModelEvent.TokenLogprob> tokens) throws InterruptedException {
    described.addAll(tokens);
    emit(stops.push(utf8.push(bytes)));
  }

  private void emit(String text) throws InterruptedException {
    switch (kind) {
      case OPEN -> {
        held.append(text);
        String said = held.toString().strip();
        if (!said.isEmpty() && !OPENING.startsWith(said)) {
          kind = Kind.TEXT;
          tell(held.toString());
        }
      }
      case TEXT -> tell(text);
      case CALL -> {
        held.append(text);
        Optional<ModelEvent> delta = call.push(text);
        if (delta.isPresent()) {
          sink.put(delta.get());
        }
      }
      case EITHER -> held.append(text);
    }
  }

  private void tell(String text) throws InterruptedException {
    if (!text.isEmpty() || !described.isEmpty()) {
      sink.put(new ModelEvent.TextDelta(text, List.copyOf(described)));
      described.clear();
    }
  }

  /**
   * Tells what is left.
   *
   * @param whole whether the answer ended by itself
   * @return whether it was a call
   */
  boolean finish(boolean whole) throws InterruptedException {
    emit(stops.push(utf8.finish()) + stops.finish());
    if (kind == Kind.CALL || kind == Kind.EITHER) {
      Optional<ObjectNode> made = whole ? turn.asCall(held.toString()) : Optional.empty();
      if (made.isPresent()) {
        ObjectNode value = made.get();
        sink.put(
            new ModelEvent.ToolCall(
                0,
                Ids.next("call"),
                value.get("name").asText(),
                (ObjectNode) value.get("arguments")));
        return true;
      }
    }
    if (kind == Kind.OPEN || kind == Kind.EITHER) {
      tell(held.toString());
    }
    return false;
  }
}
