package dev.paddock.agent;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.Usage;
import dev.paddock.core.spi.Append;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Asks the model for one turn and puts what it said into the log, in one append. */
final class TurnRun {
  private final RunContext context;
  private final Guards guards;
  private final Recovery recovery;
  private final CallRules rules;
  private final Compaction compaction;

  TurnRun(RunContext context, Guards guards) {
    this.context = context;
    this.guards = guards;
    this.recovery = new Recovery(context);
    this.rules = new CallRules(context, guards);
    this.compaction = new Compaction(context);
  }

  /** Nothing is asked when the log has moved on from what {@code ask} was decided on. */
  void run(NextStep.Ask ask) throws CutException, LeaseLostException, InterruptedException {
    EventId start = EventId.next();
    ModelSource.Choice choice;
    try {
      Optional<String> ref = context.model();
      choice = context.cuttable("choosing the model", () -> context.parts().models().choose(ref));
      requirePrice(choice);
    } catch (PaddockException e) {
      failed(e, start);
      return;
    }
    Conversation conversation =
        new Conversation(
            context.definition(),
            context.document().skills(),
            context.document().memory(),
            ask.transcript(),
            ask.opening(),
            choice.model().description());
    int due = compaction.due(conversation, ask.transcript(), choice.model().description());
    if (due > 0) {
      compaction.run(conversation, ask.transcript(), due, choice);
      return;
    }
    ModelRequest request = conversation.request();
    if (!started(start, choice, request)) {
      return;
    }
    ModelTurn turn;
    try {
      turn = context.cuttable("the model request", () -> ask(request, choice, start));
    } catch (PaddockException e) {
      failed(e, start);
      return;
    }
    recovery.succeeded();
    log(turn, ask.opening(), choice, start);
  }

  private void requirePrice(ModelSource.Choice choice) {
    if (context.definition().budget().usd().isPresent() && choice.price().isEmpty()) {
      throw new AgentException(
          ErrorCode.INVALID_REQUEST,
          "the agent has a budget in USD, and no price is known for %s; set [prices.\"%s\"]"
              .formatted(choice.model().description().ref(), choice.model().description().ref()));
    }
  }

  private boolean started(EventId start, ModelSource.Choice choice, ModelRequest request)
      throws LeaseLostException {
    SessionEvent event =
        new SessionEvent.ModelRequestStart(
            start,
            Optional.of(choice.model().description().ref()),
            Optional.of(RequestDigest.of(request, choice.model().description())));
    context.log().appendUnlessMoved(List.of(event), Append.Durability.TURN);
    return context.log().state().openModelRequest().equals(Optional.of(start));
  }

  private ModelTurn ask(ModelRequest request, ModelSource.Choice choice, EventId start)
      throws InterruptedException {
    ModelRequest how = GenerationSettings.of(context.session().document()).applyTo(request);
    ModelRequest asked = context.settings().trace() ? how.traced() : how;
    boolean guarded = !context.definition().guardrails().output().isEmpty();
    try (ModelStream stream = choice.model().stream(asked)) {
      return ModelTurn.collect(
          start,
          stream,
          preview -> {
            // what a guardrail may still hold back is not shown
            if (!guarded || !says(preview)) {
              context.preview(preview);
            }
          });
    }
  }

  private static boolean says(Preview preview) {
    return switch (preview) {
      case Preview.Text ignored -> true;
      case Preview.Thinking ignored -> true;
      case Preview.ToolCall ignored -> true;
      case Preview.Asking ignored -> false;
      case Preview.Prompt ignored -> false;
      case Preview.CallProgress ignored -> false;
      case Preview.Retry ignored -> false;
    };
  }

  private void log(ModelTurn turn, Opening opening, ModelSource.Choice choice, EventId start)
      throws CutException, LeaseLostException, InterruptedException {
    if (turn.end().reason() == ModelEvent.EndReason.REFUSAL) {
      Optional<SessionEvent> next =
          Fallbacks.afterRefusal(context.definition(), context.log().entries());
      if (next.isPresent()) {
        context.log().append(List.of(end(turn, choice, start, true, true), next.get()));
        return;
      }
    }
    Guards.Said said = guards.output(turn.text());
    List<SessionEvent> events = new ArrayList<>();
    if (!turn.thinking().isEmpty() && !said.changed()) {
      events.add(new SessionEvent.AgentThinking(turn.thinkingId(), Optional.of(turn.thinking())));
    }
    events.addAll(said.events());
    if (!said.text().isEmpty()) {
      events.add(
          new SessionEvent.AgentMessage(turn.messageId(), List.of(ContentBlock.text(said.text()))));
    }
    if (!said.blocked()) {
      events.addAll(rules.events(turn.calls(), opening, said.paused()));
    }
    events.add(end(turn, choice, start, false, said.changed()));
    if (said.blocked()) {
      events.add(said.idle());
      context.idling();
    }
    context.log().append(events);
  }

  /** What the provider wants back may hold what a guardrail took out, and is then not kept. */
  private SessionEvent end(
      ModelTurn turn, ModelSource.Choice choice, EventId start, boolean isError, boolean changed) {
    Usage usage = turn.end().usage();
    return new SessionEvent.ModelRequestEnd(
        EventId.next(),
        start,
        isError,
        usage,
        Optional.of(turn.end().reason().name().toLowerCase(Locale.ROOT)),
        changed ? Optional.empty() : turn.end().state(),
        turn.end().trace().map(trace -> context.parts().blobs().put(Json.bytes(trace))),
        choice.cost(usage),
        changed ? Optional.empty() : CopiedValues.json(turn.end().origins()));
  }

  private void failed(PaddockException e, EventId start)
      throws CutException, LeaseLostException, InterruptedException {
    boolean open = context.log().state().openModelRequest().equals(Optional.of(start));
    List<SessionEvent> events = new ArrayList<>();
    if (open) {
      events.add(SessionRun.failedRequest(start, "error"));
    }
    Optional<Duration> wait = recovery.after(e);
    Optional<SessionEvent> next =
        Fallbacks.after(e, wait.isEmpty(), context.definition(), context.log().entries());
    if (next.isPresent()) {
      events.add(SessionErrors.retrying(e));
      events.add(next.get());
      recovery.succeeded();
      context.log().append(events);
      return;
    }
    recovery.failed(e, wait, events);
  }
}
