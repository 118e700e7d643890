package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.CoreException;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.ToolResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives work to sub-agents' threads, hands answers on to them and interrupts them. All that it does
 * is repeated harmlessly after a crash: a thread's id follows from the call, and what is sent to it
 * carries a key.
 */
final class ThreadRun {
  private static final char[] BASE32 = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
  private static final int TIME_CHARS = 10;

  private final RunContext context;
  private final Threads threads;

  ThreadRun(RunContext context, Threads threads) {
    this.context = context;
    this.threads = threads;
  }

  /** Sends the call's message to its thread, a new one unless the call names one. */
  void start(SessionEvent.Call call, SessionDocument.Delegate delegate) throws LeaseLostException {
    JsonNode named = call.input().path("thread");
    SessionId parent = context.log().id();
    List<ContentBlock> message = List.of(ContentBlock.text(call.input().path("message").asText()));
    NewEvent received =
        NewEvent.of(
            new SessionEvent.AgentThreadMessageReceived(
                EventId.next(),
                parent.threadId(),
                Optional.empty(),
                message,
                Optional.of(call.id())));
    SessionId thread;
    List<SessionEvent> events = new ArrayList<>();
    String agent = delegate.name();
    if (named.isTextual()) {
      Optional<SessionRecord> found = find(named.textValue());
      if (found.isEmpty()) {
        reject(call, "There is no thread \"%s\" here.".formatted(named.textValue()));
        return;
      }
      thread = found.get().id();
      agent =
          Delegations.of(context.log().entries()).agents().getOrDefault(thread.threadId(), agent);
      context
          .parts()
          .sessions()
          .append(thread, Append.acknowledged(received).withKey("delegate/" + call.id()));
    } else {
      thread = idOf(parent, call.id());
      if (threads.find(parent, thread).isEmpty()) {
        threads.create(context.session(), thread, document(delegate), List.of(received));
      }
      events.add(
          new SessionEvent.ThreadChanged(
              EventId.next(),
              Delegations.CREATED,
              thread.threadId(),
              Json.object().put("agent_name", agent).putNull("workflow_run_id")));
    }
    events.add(
        new SessionEvent.AgentThreadMessageSent(
            EventId.next(),
            thread.threadId(),
            Optional.of(agent),
            message,
            Optional.of(call.id())));
    context.log().appendIfOpen(call, events, Append.Durability.TURN);
    threads.wake(thread);
  }

  /** No thread has threads. */
  private static ObjectNode document(SessionDocument.Delegate delegate) {
    ObjectNode document = delegate.session().deepCopy();
    document.remove("roster");
    return document;
  }

  private Optional<SessionRecord> find(String threadId) {
    try {
      return threads.find(context.log().id(), SessionId.ofThread(threadId));
    } catch (CoreException noId) {
      return Optional.empty();
    }
  }

  /** The same call always has the same thread, and a fork's call another one. */
  static SessionId idOf(SessionId parent, EventId call) {
    String suffix = call.value().substring(call.value().indexOf('_') + 1);
    StringBuilder id =
        new StringBuilder("sesn_").append(suffix, 0, Math.min(TIME_CHARS, suffix.length()));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((parent + "/" + call).getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 16; i++) {
        id.append(BASE32[digest[i] & 31]);
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    return new SessionId(id.toString());
  }

  private void reject(SessionEvent.Call call, String why) throws LeaseLostException {
    context
        .log()
        .appendIfOpen(
            call, List.of(CallResults.event(call, ToolResult.error(why))), Append.Durability.TURN);
  }

  /**
   * Interrupts every thread that owes an answer.
   *
   * @param key makes it harmless to say it again
   * @return what the log is to say of them
   */
  List<SessionEvent> interrupt(String key) {
    List<SessionEvent> events = new ArrayList<>();
    Delegations delegations = Delegations.of(context.log().entries());
    for (String thread : delegations.owing(context.log().state())) {
      SessionId id = SessionId.ofThread(thread);
      if (threads.find(context.log().id(), id).isPresent()) {
        send(id, NewEvent.of(new SessionEvent.UserInterrupt(EventId.next())), key);
        ObjectNode fields =
            Json.object().put("agent_name", delegations.agents().getOrDefault(thread, "agent"));
        fields.putObject("stop_reason").put("type", "end_turn");
        events.add(
            new SessionEvent.ThreadChanged(EventId.next(), Delegations.IDLE, thread, fields));
      }
    }
    return events;
  }

  /** Hands answers and interrupts on to the threads that they are meant for. */
  void route() throws LeaseLostException {
    SessionState state = context.log().state();
    for (LogEntry entry : List.copyOf(context.log().entries())) {
      EventId id = entry.event().id();
      String thread = state.routes().get(id);
      if (thread == null) {
        continue;
      }
      boolean found = find(thread).isPresent();
      if (found) {
        handOn(entry, SessionId.ofThread(thread));
      }
      context
          .log()
          .append(
              now -> now.routes().containsKey(id) ? List.of(routed(id, thread, found)) : List.of(),
              Append.Durability.TURN);
    }
  }

  /**
   * Interrupts a thread while its session is busy with something else. {@link #route} says it
   * again, which is harmless, and logs it.
   */
  void interruptNow(LogEntry entry) {
    if (entry.event() instanceof SessionEvent.UserInterrupt interrupt) {
      interrupt.threadId().flatMap(this::find).ifPresent(thread -> handOn(entry, thread.id()));
    }
  }

  private void handOn(LogEntry entry, SessionId thread) {
    SessionEvent event =
        entry.event() instanceof SessionEvent.UserInterrupt e
            ? new SessionEvent.UserInterrupt(e.id())
            : entry.event();
    send(thread, NewEvent.from(entry.principal(), event), "route/" + event.id());
  }

  private static SessionEvent routed(EventId event, String thread, boolean found) {
    return new SessionEvent.Notice(
        EventId.next(),
        SessionEvent.Notice.ROUTED,
        found ? "handed on to its thread" : "its thread is gone",
        Optional.of(Json.object().put("event_id", event.value()).put("session_thread_id", thread)));
  }

  private void send(SessionId thread, NewEvent event, String key) {
    context.parts().sessions().append(thread, Append.acknowledged(event).withKey(key));
    threads.wake(thread);
  }
}
