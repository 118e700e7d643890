package dev.paddock.node;

import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.StopReason;
import dev.paddock.core.Usage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One session's log as spans: the time from running to idle as {@code invoke_agent}, within it each
 * model request as {@code chat} and each call as {@code execute_tool}. Texts of the conversation
 * are not told.
 */
final class SpanFold {
  private final SessionId session;
  private final String agent;
  private final Map<EventId, LogEntry> open = new HashMap<>();
  private Optional<LogEntry> running = Optional.empty();
  private long sequence;

  SpanFold(SessionId session, String agent) {
    this.session = session;
    this.agent = agent;
  }

  long sequence() {
    return sequence;
  }

  /** What ends with this entry. */
  List<Span> apply(LogEntry entry) {
    if (entry.sequence() <= sequence) {
      return List.of();
    }
    sequence = entry.sequence();
    return switch (entry.event()) {
      case SessionEvent.StatusRunning ignored -> {
        running = running.or(() -> Optional.of(entry));
        yield List.of();
      }
      case SessionEvent.ModelRequestStart e -> begin(e.id(), entry);
      case SessionEvent.Call e -> begin(e.id(), entry);
      case SessionEvent.ModelRequestEnd e ->
          ended(e.startId()).map(start -> chat(start, e, entry)).stream().toList();
      case SessionEvent.Result e ->
          ended(e.callId()).map(start -> tool(start, e, entry)).stream().toList();
      case SessionEvent.StatusIdle e -> rest(entry, stop(e.stopReason()));
      case SessionEvent.StatusTerminated ignored -> rest(entry, Optional.of("terminated"));
      default -> List.of();
    };
  }

  private List<Span> begin(EventId id, LogEntry entry) {
    open.put(id, entry);
    return List.of();
  }

  private Optional<LogEntry> ended(EventId id) {
    return Optional.ofNullable(open.remove(id));
  }

  private Span chat(LogEntry start, SessionEvent.ModelRequestEnd end, LogEntry at) {
    String ref =
        start.event() instanceof SessionEvent.ModelRequestStart e ? e.model().orElse("") : "";
    int slash = ref.indexOf('/');
    Map<String, Object> attributes = attributes("chat");
    if (slash > 0) {
      attributes.put("gen_ai.provider.name", ref.substring(0, slash));
    }
    String model = ref.substring(slash + 1);
    attributes.put("gen_ai.request.model", model);
    Usage usage = end.usage();
    attributes.put("gen_ai.usage.input_tokens", usage.inputTokens());
    attributes.put("gen_ai.usage.output_tokens", usage.outputTokens());
    end.stop().ifPresent(stop -> attributes.put("gen_ai.response.finish_reasons", List.of(stop)));
    end.costUsd().ifPresent(cost -> attributes.put("paddock.cost_usd", cost));
    return span(
        start,
        at,
        "chat " + model,
        Span.Kind.CLIENT,
        attributes,
        error(end.isError(), "model_error"));
  }

  private Span tool(LogEntry start, SessionEvent.Result result, LogEntry at) {
    String name = start.event() instanceof SessionEvent.Call call ? call.name() : "";
    Map<String, Object> attributes = attributes("execute_tool");
    attributes.put("gen_ai.tool.name", name);
    attributes.put("gen_ai.tool.type", "function");
    attributes.put("gen_ai.tool.call.id", result.callId().value());
    return span(
        start,
        at,
        "execute_tool " + name,
        Span.Kind.INTERNAL,
        attributes,
        error(result.isError(), "tool_error"));
  }

  private List<Span> rest(LogEntry at, Optional<String> error) {
    Optional<LogEntry> start = running;
    running = Optional.empty();
    return start
        .map(
            from ->
                new Span(
                    Span.traceId(session),
                    Span.spanId(from.event().id()),
                    Optional.empty(),
                    "invoke_agent " + agent,
                    Span.Kind.INTERNAL,
                    from.recordedAt(),
                    at.recordedAt(),
                    attributes("invoke_agent"),
                    error))
        .stream()
        .toList();
  }

  private Span span(
      LogEntry start,
      LogEntry end,
      String name,
      Span.Kind kind,
      Map<String, Object> attributes,
      Optional<String> error) {
    return new Span(
        Span.traceId(session),
        Span.spanId(start.event().id()),
        running.map(entry -> Span.spanId(entry.event().id())),
        name.strip(),
        kind,
        start.recordedAt(),
        end.recordedAt(),
        attributes,
        error);
  }

  private Map<String, Object> attributes(String operation) {
    Map<String, Object> attributes = new TreeMap<>();
    attributes.put("gen_ai.operation.name", operation);
    attributes.put("gen_ai.agent.name", agent);
    attributes.put("gen_ai.conversation.id", session.value());
    return attributes;
  }

  private static Optional<String> error(boolean failed, String kind) {
    return failed ? Optional.of(kind) : Optional.empty();
  }

  private static Optional<String> stop(StopReason reason) {
    return switch (reason) {
      case StopReason.EndTurn ignored -> Optional.empty();
      case StopReason.RequiresAction ignored -> Optional.empty();
      case StopReason.RetriesExhausted ignored -> Optional.of("retries_exhausted");
      case StopReason.BudgetReached ignored -> Optional.of("budget_reached");
      case StopReason.Refusal ignored -> Optional.of("refusal");
    };
  }
}
