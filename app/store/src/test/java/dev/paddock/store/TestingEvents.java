package dev.paddock.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.StopReason;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.Sessions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Small events and sessions. */
final class TestingEvents {
  private TestingEvents() {}

  static NewEvent message(String text) {
    return NewEvent.of(
        new SessionEvent.AgentMessage(EventId.next(), List.of(ContentBlock.text(text))));
  }

  static Append append(String... texts) {
    return Append.acknowledged(
        Stream.of(texts).map(TestingEvents::message).toArray(NewEvent[]::new));
  }

  static NewEvent running() {
    return NewEvent.of(new SessionEvent.StatusRunning(EventId.next()));
  }

  static NewEvent idle(StopReason reason) {
    return NewEvent.of(new SessionEvent.StatusIdle(EventId.next(), reason, Optional.empty()));
  }

  static NewEvent terminated() {
    return NewEvent.of(new SessionEvent.StatusTerminated(EventId.next()));
  }

  /** One that need not be on disk. */
  static Append quick(String... texts) {
    return append(texts).with(Append.Durability.TURN);
  }

  static SessionId create(Sessions sessions, String... texts) {
    return create(sessions, WorkspaceId.DEFAULT, texts);
  }

  static SessionId create(Sessions sessions, WorkspaceId workspace, String... texts) {
    NewSession session =
        new NewSession(
            SessionId.next(),
            workspace,
            Json.object().put("title", "a session"),
            append(texts).events());
    return sessions.create(session).id();
  }

  static SessionId create(
      Sessions sessions, Optional<SessionId> parent, ObjectNode document, NewEvent... events) {
    return sessions
        .create(
            new NewSession(
                SessionId.next(), WorkspaceId.DEFAULT, parent, document, List.of(events)))
        .id();
  }

  static String text(LogEntry entry) {
    return switch (entry.event()) {
      case SessionEvent.AgentMessage message -> ContentBlock.textOf(message.content());
      case SessionEvent other -> other.type();
    };
  }

  static List<String> texts(List<LogEntry> entries) {
    return entries.stream().map(TestingEvents::text).toList();
  }

  static List<Long> sequences(List<LogEntry> entries) {
    return entries.stream().map(LogEntry::sequence).toList();
  }
}
