package dev.paddock.agent;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Permission;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.StopReason;
import dev.paddock.core.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes logs by hand. */
final class TestingTranscript {
  private static final SessionId SESSION = new SessionId("sesn_testing");

  private final List<LogEntry> log = new ArrayList<>();

  TestingTranscript append(Principal by, SessionEvent event) {
    long sequence = log.size() + 1L;
    log.add(new LogEntry(SESSION, sequence, sequence, Instant.EPOCH, by, Optional.empty(), event));
    return this;
  }

  TestingTranscript user(String text) {
    return append(TestingPlace.PERSON, TestingPlace.message(text));
  }

  TestingTranscript answer(String text) {
    EventId start = start();
    append(
        Principal.SYSTEM,
        new SessionEvent.AgentMessage(EventId.next(), List.of(ContentBlock.text(text))));
    return end(start);
  }

  /** A turn with one call of {@code tool} and its result. */
  TestingTranscript call(String tool, boolean isError) {
    EventId call = EventId.next();
    EventId start = start();
    append(
        Principal.SYSTEM,
        new SessionEvent.AgentToolUse(
            call, tool, Json.object(), Permission.ALLOW, Optional.empty()));
    end(start);
    return result(call, "result of " + tool, isError);
  }

  TestingTranscript result(EventId call, String text, boolean isError) {
    return append(
        Principal.SYSTEM,
        new SessionEvent.AgentToolResult(
            EventId.next(), call, List.of(ContentBlock.text(text)), isError));
  }

  EventId start() {
    EventId start = EventId.next();
    append(Principal.SYSTEM, new SessionEvent.ModelRequestStart(start, Optional.empty()));
    return start;
  }

  TestingTranscript end(EventId start) {
    return append(
        Principal.SYSTEM,
        new SessionEvent.ModelRequestEnd(
            EventId.next(),
            start,
            false,
            Usage.NONE,
            Optional.of("end_turn"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  TestingTranscript pause(StopReason reason) {
    return append(
        Principal.SYSTEM, new SessionEvent.StatusIdle(EventId.next(), reason, Optional.empty()));
  }

  Transcript transcript() {
    return Transcript.of(log);
  }
}
