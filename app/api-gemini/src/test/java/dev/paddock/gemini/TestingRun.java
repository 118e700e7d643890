package dev.paddock.gemini;

import dev.paddock.agent.Preview;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.StopReason;
import dev.paddock.core.Usage;
import dev.paddock.server.TestingPlatform;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Does to a session what the loop does. */
final class TestingRun {
  private final TestingPlatform platform;
  private final SessionId session;

  TestingRun(TestingPlatform platform, SessionId session) {
    this.platform = platform;
    this.session = session;
  }

  void begin() {
    platform.append(session, new SessionEvent.StatusRunning(EventId.next()));
  }

  EventId ask() {
    EventId start = EventId.next();
    platform.append(session, new SessionEvent.ModelRequestStart(start, Optional.of("test/one")));
    platform.say(session, new Preview.Asking(start));
    return start;
  }

  void say(EventId message, String delta) {
    platform.say(session, new Preview.Text(message, delta));
  }

  void think(EventId thinking, String delta) {
    platform.say(session, new Preview.Thinking(thinking, delta));
  }

  void fail(EventId start) {
    platform.append(session, end(start, true, "error"));
  }

  void answer(EventId start, SessionEvent... said) {
    answer(start, "end_turn", said);
  }

  void answer(EventId start, String stop, SessionEvent... said) {
    SessionEvent[] all = Arrays.copyOf(said, said.length + 1);
    all[said.length] = end(start, false, stop);
    platform.append(session, all);
  }

  static SessionEvent message(EventId id, String text) {
    return new SessionEvent.AgentMessage(id, List.of(ContentBlock.text(text)));
  }

  static SessionEvent thinking(EventId id, String text) {
    return new SessionEvent.AgentThinking(id, Optional.of(text));
  }

  static SessionEvent.AgentToolUse bash(String command) {
    return new SessionEvent.AgentToolUse(
        EventId.next(),
        "bash",
        Json.object().put("command", command),
        Permission.ALLOW,
        Optional.empty());
  }

  static SessionEvent.AgentCustomToolUse function(String name) {
    return new SessionEvent.AgentCustomToolUse(EventId.next(), name, Json.object().put("a", 1));
  }

  void result(EventId call, String text) {
    platform.append(
        session,
        new SessionEvent.AgentToolResult(
            EventId.next(), call, List.of(ContentBlock.text(text)), false));
  }

  void rest(StopReason reason) {
    platform.append(session, new SessionEvent.StatusIdle(EventId.next(), reason, Optional.empty()));
  }

  void finish() {
    rest(new StopReason.EndTurn());
  }

  private static SessionEvent end(EventId start, boolean isError, String stop) {
    return new SessionEvent.ModelRequestEnd(
        EventId.next(),
        start,
        isError,
        isError ? Usage.NONE : new Usage(10, 5, 2, 1),
        Optional.of(stop),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
