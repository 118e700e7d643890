package dev.paddock.agent;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.Usage;
import dev.paddock.core.spi.Append;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Asks the model for one turn and puts what it said into the log, in one append. */
final class TurnRun {
  private final RunContext context;
  private final Recovery recovery;
  private final CallRules rules;

  TurnRun(RunContext context) {
    this.context = context;
    this.recovery = new Recovery(context);
    this.rules = new CallRules(context);
  }

  /** Nothing is asked when the log has moved on from what {@code ask} was decided on. */
  void run(NextStep.Ask ask) throws CutException, LeaseLostException, InterruptedException {
    EventId start = EventId.next();
    ModelSource.Choice choice;
    try {
      choice =
          context.cuttable(
              "choosing the model",
              () -> context.parts().models().choose(context.definition().model()));
      requirePrice(choice);
    } catch (PaddockException e) {
      failed(e, start);
      return;
    }
    if (!started(start, choice)) {
      return;
    }
    ModelTurn turn;
    try {
      turn = context.cuttable("the model request", () -> ask(ask, choice, start));
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

  private boolean started(EventId start, ModelSource.Choice choice) throws LeaseLostException {
    long decidedAt = context.log().state().sequence();
    Optional<String> ref = Optional.of(choice.model().description().ref());
    context
        .log()
        .append(
            state ->
                state.sequence() == decidedAt
                    ? List.of(new SessionEvent.ModelRequestStart(start, ref))
                    : List.of(),
            Append.Durability.TURN);
    return context.log().state().openModelRequest().equals(Optional.of(start));
  }

  private ModelTurn ask(NextStep.Ask ask, ModelSource.Choice choice, EventId start)
      throws InterruptedException {
    ModelRequest request =
        Conversation.request(
            context.definition(),
            context.document().skills(),
            ask.transcript(),
            ask.opening(),
            choice.model().description());
    request = GenerationSettings.of(context.session().document()).applyTo(request);
    if (context.settings().trace()) {
      request = request.traced();
    }
    try (ModelStream stream = choice.model().stream(request)) {
      return ModelTurn.collect(start, stream, context::preview);
    }
  }

  private void log(ModelTurn turn, Opening opening, ModelSource.Choice choice, EventId start)
      throws CutException, LeaseLostException, InterruptedException {
    List<SessionEvent> events = new ArrayList<>();
    if (!turn.thinking().isEmpty()) {
      events.add(new SessionEvent.AgentThinking(turn.thinkingId(), Optional.of(turn.thinking())));
    }
    if (!turn.text().isEmpty()) {
      events.add(
          new SessionEvent.AgentMessage(turn.messageId(), List.of(ContentBlock.text(turn.text()))));
    }
    events.addAll(rules.events(turn.calls(), opening));
    Usage usage = turn.end().usage();
    events.add(
        new SessionEvent.ModelRequestEnd(
            EventId.next(),
            start,
            false,
            usage,
            Optional.of(turn.end().reason().name().toLowerCase(Locale.ROOT)),
            turn.end().state(),
            turn.end().trace().map(trace -> context.parts().blobs().put(Json.bytes(trace))),
            choice.price().map(price -> price.applyAsDouble(usage)),
            CopiedValues.json(turn.end().origins())));
    context.log().append(events);
  }

  private void failed(PaddockException e, EventId start)
      throws CutException, LeaseLostException, InterruptedException {
    boolean open = context.log().state().openModelRequest().equals(Optional.of(start));
    recovery.failed(
        e, recovery.after(e), open ? List.of(SessionRun.failedRequest(start, "error")) : List.of());
  }
}
