package dev.paddock.store;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.Sessions;
import java.util.List;
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
