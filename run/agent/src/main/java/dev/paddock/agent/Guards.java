package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.ToolPolicy;
import dev.paddock.core.spi.ToolResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Guardrails before and after a turn. Each decision is an event; the log says what was checked. */
final class Guards {
  static final String CHECKED = "guardrail_checked";
  static final String REWRITTEN = "guardrail_rewritten";
  static final String BLOCKED = "guardrail_blocked";
  static final String PAUSED = "guardrail_paused";

  /** The call by which a person is asked; no tool has its name. */
  static final String CALL = "paddock_guardrail";

  private static final String WITHHELD = "[withheld by the guardrail \"%s\"]";

  private final RunContext context;
  private final GuardCheck check;

  Guards(RunContext context) {
    this.context = context;
    this.check = new GuardCheck(context);
  }

  /** What a model would read and no guardrail has looked at. */
  static List<LogEntry> unchecked(AgentDefinition agent, List<LogEntry> log) {
    if (agent.guardrails().input().isEmpty()) {
      return List.of();
    }
    List<LogEntry> found = new ArrayList<>();
    for (LogEntry entry : log.reversed()) {
      if (entry.event() instanceof SessionEvent.Notice notice && notice.code().equals(CHECKED)) {
        long through = notice.details().map(details -> details.path("through").asLong()).orElse(0L);
        found.removeIf(one -> one.sequence() <= through);
        return found.reversed();
      }
      if (text(entry.event()).isPresent()) {
        found.add(entry);
      }
    }
    return found.reversed();
  }

  private static Optional<String> text(SessionEvent event) {
    return switch (event) {
      case SessionEvent.UserMessage e -> Optional.of(ContentBlock.textOf(e.content()));
      case SessionEvent.AgentThreadMessageReceived e ->
          Optional.of(ContentBlock.textOf(e.content()));
      case SessionEvent.Result e -> Optional.of(ContentBlock.textOf(e.content()));
      default -> Optional.empty();
    };
  }

  /** A blocked message ends the turn; of a blocked result the model only learns that. */
  void input(List<LogEntry> entries) throws CutException, LeaseLostException, InterruptedException {
    List<Guardrail> rules = context.definition().guardrails().input();
    List<SessionEvent> events = new ArrayList<>();
    Optional<SessionEvent> end = Optional.empty();
    for (LogEntry entry : entries) {
      String text = text(entry.event()).orElse("");
      GuardCheck.Checked checked = context.cuttable("a guardrail", () -> check.check(rules, text));
      for (GuardCheck.Finding finding : checked.findings()) {
        events.add(notice("input", finding, Optional.of(entry.event().id())));
        if (finding.action() == Guardrail.Action.PAUSE) {
          events.add(asking("input", finding, text, Optional.of(entry.event().id())));
        }
        if (finding.action() == Guardrail.Action.BLOCK && isMessage(entry.event())) {
          end = Optional.of(refused(finding.rule().name() + ": " + finding.reason()));
        }
      }
    }
    events.add(
        new SessionEvent.Notice(
            EventId.next(),
            CHECKED,
            "%d texts checked".formatted(entries.size()),
            Optional.of(Json.object().put("through", entries.getLast().sequence()))));
    end.ifPresent(events::add);
    context
        .log()
        .appendUnlessMoved(
            events, end.isPresent() ? Append.Durability.ACKNOWLEDGED : Append.Durability.TURN);
  }

  private static boolean isMessage(SessionEvent event) {
    return !(event instanceof SessionEvent.Result);
  }

  /**
   * What a turn's text came to.
   *
   * @param text to be logged as the agent's message
   * @param events that say what was found, and ask
   */
  record Said(String text, boolean blocked, boolean paused, List<SessionEvent> events) {
    boolean changed() {
      return !events.isEmpty();
    }

    /** The end of a turn that was blocked. */
    SessionEvent idle() {
      SessionEvent.Notice why = (SessionEvent.Notice) events.getLast();
      return refused(why.message());
    }
  }

  Said output(String text) throws CutException, LeaseLostException, InterruptedException {
    List<Guardrail> rules = context.definition().guardrails().output();
    if (rules.isEmpty() || text.isEmpty()) {
      return new Said(text, false, false, List.of());
    }
    GuardCheck.Checked checked = context.cuttable("a guardrail", () -> check.check(rules, text));
    List<SessionEvent> events = new ArrayList<>();
    checked.findings().forEach(it -> events.add(notice("output", it, Optional.empty())));
    Optional<GuardCheck.Finding> stop = checked.stopped();
    boolean paused = stop.filter(finding -> finding.action() == Guardrail.Action.PAUSE).isPresent();
    if (paused) {
      events.add(asking("output", stop.orElseThrow(), checked.text(), Optional.empty()));
    }
    return new Said(
        stop.isPresent() ? "" : checked.text(), stop.isPresent() && !paused, paused, events);
  }

  /** A call whose input has what the output must not have is not run, or asks. */
  ToolPolicy.Decision call(ModelTurn.Call call) throws InterruptedException {
    List<Guardrail> rules =
        context.definition().guardrails().output().stream()
            .filter(
                rule ->
                    rule.check() instanceof Guardrail.Check.Secrets
                        || rule.check() instanceof Guardrail.Check.Regex)
            .toList();
    if (rules.isEmpty()) {
      return ToolPolicy.Decision.ALLOW;
    }
    List<GuardCheck.Finding> found = check.check(rules, Json.write(call.input())).findings();
    if (found.isEmpty()) {
      return ToolPolicy.Decision.ALLOW;
    }
    String why =
        "Not run: the guardrail \"%s\" objects to its input, %s."
            .formatted(found.getLast().rule().name(), found.getLast().reason());
    return found.getLast().action() == Guardrail.Action.PAUSE
        ? ToolPolicy.Decision.ask(why)
        : ToolPolicy.Decision.deny(why);
  }

  /** What follows when a person has answered; the call's result is among it. */
  static List<SessionEvent> answered(SessionEvent.Call call, boolean allowed) {
    ObjectNode input = Evaluation.input(call);
    String rule = input.path("guardrail").asText();
    Optional<EventId> event =
        input.has("event_id")
            ? Optional.of(new EventId(input.path("event_id").asText()))
            : Optional.empty();
    List<SessionEvent> events = new ArrayList<>();
    if (allowed && event.isEmpty()) {
      events.add(
          new SessionEvent.AgentMessage(
              EventId.next(), List.of(ContentBlock.text(input.path("text").asText()))));
    }
    if (!allowed) {
      events.add(blocked(rule, "a person said no", event));
    }
    events.add(
        CallResults.event(
            call, allowed ? ToolResult.ok("Allowed.") : ToolResult.error("Not allowed.")));
    if (!allowed && (event.isEmpty() || input.path("message").asBoolean())) {
      events.add(refused(rule + ": a person said no"));
    }
    return events;
  }

  private static SessionEvent refused(String why) {
    ObjectNode details = Json.object().put("type", "refusal").putNull("category");
    details.put("explanation", "A guardrail stopped it: " + why);
    return new SessionEvent.StatusIdle(
        EventId.next(), new StopReason.Refusal(), Optional.of(details));
  }

  private SessionEvent notice(String stage, GuardCheck.Finding finding, Optional<EventId> event) {
    String code =
        switch (finding.action()) {
          case BLOCK -> BLOCKED;
          case PAUSE -> PAUSED;
          case REWRITE -> REWRITTEN;
        };
    ObjectNode details = Json.object().put("guardrail", finding.rule().name()).put("stage", stage);
    event.ifPresent(
        id -> {
          details.put("event_id", id.value());
          details.put(
              "text",
              finding.action() == Guardrail.Action.REWRITE
                  ? finding.text().orElse("")
                  : WITHHELD.formatted(finding.rule().name()));
        });
    return new SessionEvent.Notice(
        EventId.next(),
        code,
        "%s: %s".formatted(finding.rule().name(), finding.reason()),
        Optional.of(details),
        finding.answer().map(Question.Answer::usage),
        finding.answer().flatMap(Question.Answer::cost));
  }

  private static SessionEvent blocked(String rule, String reason, Optional<EventId> event) {
    ObjectNode details = Json.object().put("guardrail", rule);
    event.ifPresent(
        id -> details.put("event_id", id.value()).put("text", WITHHELD.formatted(rule)));
    return new SessionEvent.Notice(
        EventId.next(), BLOCKED, "%s: %s".formatted(rule, reason), Optional.of(details));
  }

  private SessionEvent asking(
      String stage, GuardCheck.Finding finding, String text, Optional<EventId> event) {
    ObjectNode input =
        Json.object()
            .put("guardrail", finding.rule().name())
            .put("stage", stage)
            .put("reason", finding.reason())
            .put("text", text);
    event.ifPresent(
        id -> {
          input.put("event_id", id.value());
          input.put("message", isInputMessage(id));
        });
    return new SessionEvent.AgentToolUse(
        EventId.next(),
        CALL,
        input,
        Permission.ASK,
        Optional.of(Json.object().put("type", "always_ask")));
  }

  private boolean isInputMessage(EventId id) {
    return context.log().entries().stream()
        .anyMatch(entry -> entry.event().id().equals(id) && isMessage(entry.event()));
  }
}
