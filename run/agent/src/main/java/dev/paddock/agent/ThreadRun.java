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
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Subscription;
import dev.paddock.core.spi.ToolResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gives work to sub-agents' threads and follows them. All that it does is repeated harmlessly after
 * a crash: a thread's id follows from the call, what is sent to it carries a key, and what it did
 * is told from the two logs.
 */
final class ThreadRun {
  private static final int PAGE = 256;
  private static final char[] BASE32 = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
  private static final int TIME_CHARS = 10;

  private final RunContext context;
  private final Threads threads;

  /** Logs of the threads that are followed. */
  private final Map<String, ReadLog> logs = new HashMap<>();

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

  /** Threads that owe this session an answer. */
  private Set<String> owing() {
    Delegations delegations = Delegations.of(context.log().entries());
    Set<String> owing = new LinkedHashSet<>();
    context
        .log()
        .state()
        .openCalls()
        .keySet()
        .forEach(call -> Optional.ofNullable(delegations.sent().get(call)).ifPresent(owing::add));
    return owing;
  }

  /** Takes over what the threads did while no one looked. */
  void catchUp() throws LeaseLostException {
    if (context.log().state().status() == SessionStatus.TERMINATED) {
      return;
    }
    for (String thread : owing()) {
      mirror(thread);
    }
  }

  /** Waits until a thread did something that counts here, or something came in here. */
  void follow(Collection<String> followed)
      throws CutException, LeaseLostException, InterruptedException {
    long before = context.log().state().sequence();
    logs.keySet().retainAll(followed);
    Map<SessionId, SessionState> looked = new LinkedHashMap<>();
    for (String thread : followed) {
      looked.put(SessionId.ofThread(thread), mirror(thread));
    }
    if (context.log().state().sequence() > before) {
      return;
    }
    try (Tasks<String, List<LogEntry>> tasks =
        new Tasks<>(context.arm(), followed.size() + 1, context.settings().grace())) {
      SessionId here = context.log().id();
      Duration patience = context.settings().leaseTtl().multipliedBy(2);
      tasks.start("log", patience, () -> next(here, before));
      looked.forEach(
          (id, state) -> {
            if (state.runnable()) {
              threads.wake(id);
            }
            tasks.start(id.value(), patience, () -> next(id, state.sequence()));
          });
      Optional<Tasks.Ended<String, List<LogEntry>>> ended = tasks.next();
      if (ended.isEmpty()) {
        tasks.end();
        throw stopped(tasks.why());
      }
    }
  }

  private List<LogEntry> next(SessionId id, long after) throws InterruptedException {
    try (Subscription subscription = context.parts().sessions().subscribe(id, after)) {
      return subscription.next(PAGE, context.settings().leaseTtl());
    }
  }

  /** When time is up the threads end, and their calls get a result. */
  private CutException stopped(Cut why) throws LeaseLostException {
    CutException cut = RunContext.cut(why);
    if (why == Cut.OUT_OF_TIME) {
      SessionState state = context.log().state();
      Delegations delegations = Delegations.of(context.log().entries());
      interrupt("time/" + state.sequence());
      context
          .log()
          .append(
              now ->
                  now.openCalls().values().stream()
                      .filter(call -> delegations.sent().containsKey(call.id()))
                      .map(
                          call ->
                              CallResults.event(
                                  call, ToolResult.error("The time of this session is used up.")))
                      .toList(),
              Append.Durability.TURN);
    }
    return cut;
  }

  /**
   * @return what the thread's log came to when it was read
   */
  private SessionState mirror(String thread) throws LeaseLostException {
    SessionId id = SessionId.ofThread(thread);
    if (threads.find(context.log().id(), id).isEmpty()) {
      gone(thread);
      return SessionState.EMPTY;
    }
    ReadLog log =
        logs.computeIfAbsent(thread, ignored -> new ReadLog(context.parts().sessions(), id));
    log.refresh();
    context
        .log()
        .append(
            state ->
                ThreadMirror.events(
                    state, Delegations.of(context.log().entries()), id, log.entries()),
            Append.Durability.ACKNOWLEDGED);
    return log.state();
  }

  private void gone(String thread) throws LeaseLostException {
    Delegations delegations = Delegations.of(context.log().entries());
    context
        .log()
        .append(
            state ->
                state.openCalls().values().stream()
                    .filter(call -> thread.equals(delegations.sent().get(call.id())))
                    .map(call -> CallResults.event(call, ToolResult.error("The thread is gone.")))
                    .toList(),
            Append.Durability.TURN);
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
    for (String thread : owing()) {
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
