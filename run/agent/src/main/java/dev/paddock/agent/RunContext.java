package dev.paddock.agent;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.ToolDefinition;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** One session while it is being run here. */
final class RunContext {
  private static final Duration NO_LIMIT = Duration.ofDays(7);

  private final LoopParts parts;
  private final LoopSettings settings;
  private final SessionLog log;
  private final Watch watch;
  private Current current;
  private int seen;

  private record Current(
      SessionRecord session, AgentSource.SessionAgent agent, SessionDocument document) {}

  RunContext(
      LoopParts parts, LoopSettings settings, SessionRecord session, SessionLog log, Watch watch) {
    this.parts = parts;
    this.settings = settings;
    this.log = log;
    this.watch = watch;
    this.current = current(session);
    this.seen = log.entries().size();
  }

  private Current current(SessionRecord session) {
    return new Current(
        session, parts.agents().agentOf(session), SessionDocument.read(session.document()));
  }

  /** Reads the session's document again if the log says that it was replaced; true when so. */
  boolean updated() {
    List<LogEntry> entries = log.entries();
    boolean replaced =
        entries.subList(seen, entries.size()).stream()
            .anyMatch(entry -> entry.event() instanceof SessionEvent.SessionUpdated);
    seen = entries.size();
    if (replaced) {
      current = current(find(parts, log.id()));
    }
    return replaced;
  }

  static SessionRecord find(LoopParts parts, SessionId id) {
    return parts
        .sessions()
        .find(id)
        .orElseThrow(() -> new AgentException(ErrorCode.NOT_FOUND, "there is no session " + id));
  }

  LoopParts parts() {
    return parts;
  }

  LoopSettings settings() {
    return settings;
  }

  SessionLog log() {
    return log;
  }

  SessionRecord session() {
    return current.session();
  }

  SessionDocument document() {
    return current.document();
  }

  AgentDefinition definition() {
    return current.agent().definition();
  }

  /** What the agent could call if nothing narrowed it. */
  List<ToolDefinition> tools() {
    return tools(current.agent(), current.document().clientTools(), roster());
  }

  static List<ToolDefinition> tools(
      AgentSource.SessionAgent agent, List<ToolDefinition> clientTools, Roster roster) {
    Map<String, ToolDefinition> byName = new LinkedHashMap<>();
    Stream.of(agent.tools(), agent.clientTools(), clientTools, roster.tools())
        .flatMap(List::stream)
        .forEach(tool -> byName.put(tool.name(), tool));
    return List.copyOf(byName.values());
  }

  /** A thread has none, and neither has a place without threads. */
  Roster roster() {
    boolean may = parts.threads().isPresent() && session().parent().isEmpty();
    return new Roster(may ? document().roster() : List.of());
  }

  private List<ToolDefinition> clientTools() {
    return Stream.concat(
            current.agent().clientTools().stream(), current.document().clientTools().stream())
        .toList();
  }

  Optional<ToolDefinition> tool(String name) {
    return current.agent().tools().stream().filter(tool -> tool.name().equals(name)).findFirst();
  }

  boolean clientRuns(String name) {
    return clientTools().stream().anyMatch(tool -> tool.name().equals(name));
  }

  /** The model that judges; the agent's own unless it names another. */
  ModelSource.Choice judge() {
    return parts.models().choose(definition().judge().or(this::model));
  }

  /** The reference of the model that answers now. */
  Optional<String> model() {
    return Fallbacks.current(definition(), log.entries());
  }

  /** To be called before the session is logged as idle, unless an interrupt made it so. */
  void idling() {
    parts.listener().idling(log.id());
  }

  void preview(Preview preview) {
    parts.listener().preview(log.id(), preview);
  }

  /** Says that the session runs, unless it said so. */
  void running() throws LeaseLostException {
    if (log.state().status() != SessionStatus.RUNNING) {
      log.append(List.of(new SessionEvent.StatusRunning(EventId.next())));
    }
  }

  /** Is told at once of interrupts that are meant for another thread than this one. */
  void tellOthers(Consumer<LogEntry> interrupted) {
    watch.tellOthers(interrupted);
  }

  /** Whether it is known here that entries came in which were not read. */
  boolean behind() {
    return watch.newest() > log.state().sequence();
  }

  CompletableFuture<Cut> arm() {
    return watch.arm(
        log.state().sequence(),
        Spending.deadline(
            definition().budget(), log.state(), log.entries(), parts.clock().instant()));
  }

  /** Does something that takes time, and gives it up at a cut. */
  <T> T cuttable(String name, Callable<T> work)
      throws CutException, LeaseLostException, InterruptedException {
    try (Tasks<String, T> tasks = new Tasks<>(arm(), 1, settings.grace())) {
      tasks.start(name, NO_LIMIT, work);
      Optional<Tasks.Ended<String, T>> ended = tasks.next();
      if (ended.isEmpty()) {
        tasks.end();
        throw cut(tasks.why());
      }
      if (ended.get().failure() instanceof PaddockException e) {
        throw e;
      }
      T value = ended.get().value();
      if (value == null) {
        throw new AgentException(
            ErrorCode.INTERNAL,
            "%s failed: %s".formatted(name, ended.get().failure()),
            ended.get().failure());
      }
      return value;
    }
  }

  static CutException cut(Cut why) throws LeaseLostException {
    if (why == Cut.LEASE_LOST) {
      throw new LeaseLostException();
    }
    return new CutException(why);
  }
}
