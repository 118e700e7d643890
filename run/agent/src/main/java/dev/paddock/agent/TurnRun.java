package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.StopReason;
import dev.paddock.core.Usage;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.ToolPolicy;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Asks the model for one turn and puts what it said into the log, in one append. */
final class TurnRun {
  private static final int MAX_CALLS = 64;

  private final RunContext context;
  private final Retries retries;

  TurnRun(RunContext context) {
    this.context = context;
    this.retries = new Retries(context.parts().clock(), context.parts().random());
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
    retries.succeeded();
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
            context.definition(), ask.transcript(), ask.opening(), choice.model().description());
    request = GenerationSettings.of(context.session().document()).applyTo(request);
    if (context.settings().trace()) {
      request = request.traced();
    }
    try (ModelStream stream = choice.model().stream(request)) {
      return ModelTurn.collect(start, stream, context::preview);
    }
  }

  private void log(ModelTurn turn, Opening opening, ModelSource.Choice choice, EventId start)
      throws LeaseLostException {
    List<SessionEvent> events = new ArrayList<>();
    if (!turn.thinking().isEmpty()) {
      events.add(new SessionEvent.AgentThinking(turn.thinkingId(), Optional.of(turn.thinking())));
    }
    if (!turn.text().isEmpty()) {
      events.add(
          new SessionEvent.AgentMessage(turn.messageId(), List.of(ContentBlock.text(turn.text()))));
    }
    for (int i = 0; i < turn.calls().size(); i++) {
      events.add(call(turn.calls().get(i), i, opening));
    }
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

  private SessionEvent call(ModelTurn.Call call, int index, Opening opening) {
    ToolPolicy.Decision decision =
        index < MAX_CALLS
            ? judge(call, opening)
            : ToolPolicy.Decision.deny(
                "Not run: at most %d calls in one turn.".formatted(MAX_CALLS));
    if (context.clientRuns(call.name()) && decision.permission() != Permission.DENY) {
      return new SessionEvent.AgentCustomToolUse(
          call.id(), call.name(), decision.rewritten().orElse(call.input()));
    }
    return new SessionEvent.AgentToolUse(
        call.id(), call.name(), call.input(), decision.permission(), Evaluation.of(decision));
  }

  /** The folder's rules first, then the place's policies; the strictest answer holds. */
  private ToolPolicy.Decision judge(ModelTurn.Call call, Opening opening) {
    ToolPolicy.Decision decision = opening.judge(call.name(), call.input());
    for (ToolPolicy policy : context.parts().policies()) {
      if (decision.permission() == Permission.DENY || context.tool(call.name()).isEmpty()) {
        return decision;
      }
      ObjectNode input = decision.rewritten().orElse(call.input());
      ToolPolicy.Decision next =
          policy.before(context.log().state(), context.tool(call.name()).get(), input);
      decision =
          new ToolPolicy.Decision(
              stricter(decision.permission(), next.permission()),
              next.reason().or(decision::reason),
              next.rewritten().or(decision::rewritten));
    }
    return decision;
  }

  private static Permission stricter(Permission a, Permission b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private void failed(PaddockException e, EventId start)
      throws CutException, LeaseLostException, InterruptedException {
    Optional<Duration> wait = retries.afterFailure(e);
    List<SessionEvent> events = new ArrayList<>();
    if (context.log().state().openModelRequest().equals(Optional.of(start))) {
      events.add(SessionRun.failedRequest(start, "error"));
    }
    if (wait.isEmpty()) {
      events.add(SessionErrors.exhausted(e));
      events.add(SessionRun.idle(new StopReason.RetriesExhausted()));
      retries.succeeded();
      context.log().append(ignored -> events, Append.Durability.ACKNOWLEDGED);
      return;
    }
    events.add(SessionErrors.retrying(e));
    context.log().append(events);
    context.preview(new Preview.Retry(retries.failures(), wait.get(), e.getMessage()));
    context.cuttable(
        "waiting",
        () -> {
          context.parts().sleeper().sleep(wait.get());
          return true;
        });
  }
}
