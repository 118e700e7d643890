package dev.paddock.agent;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.provider.spi.Sampling;
import dev.paddock.provider.spi.ToolChoice;
import java.util.List;
import java.util.Optional;

/**
 * Sums up the older part of a conversation that nears the model's limit. What the person asked
 * first and last, standing instructions and the newest turns stay as they are, and a call stays
 * with its result. Where the summary fails the conversation is trimmed instead.
 */
final class Compaction {
  static final String FAILED = "compaction_failed";

  private static final double USUAL_LIMIT = 0.8;
  private static final double KEPT = 0.3;
  private static final double WORTH = 0.25;
  private static final int ITEMS_BETWEEN_FAILURES = 16;
  private static final int MAX_TOKENS = 4096;

  private static final String ASKED =
      """
      The conversation becomes too long. Write a summary that takes the place of everything above, \
      for yourself: you will see only it and the newest messages. Keep what later work needs: the \
      task and its conditions, what was decided and why, what is done, what is open and what comes \
      next, the exact paths of files that matter and what is in them, ids of threads and of calls \
      that are unfinished, and figures, names and errors that may be needed again. Leave out \
      everything else. Call no tool.""";

  private final RunContext context;

  Compaction(RunContext context) {
    this.context = context;
  }

  /** How many of the oldest items are summed up; 0 when it is not time. */
  int due(Conversation conversation, Transcript transcript, ModelDescription model) {
    int start = transcript.summed();
    boolean justFailed =
        transcript.compactionFailedAt() >= 0
            && transcript.items().size() - transcript.compactionFailedAt() < ITEMS_BETWEEN_FAILURES;
    double limit = context.definition().compactAt().orElse(USUAL_LIMIT) * conversation.room();
    if (model.can(Capability.LOCAL) || justFailed || conversation.tokens() <= limit) {
      return 0;
    }
    double kept = KEPT * conversation.room();
    int end = transcript.items().size();
    while (end > start && kept > 0) {
      end--;
      kept -= conversation.tokensOf(end);
    }
    while (end > start && transcript.ends().get(end).equals(transcript.ends().get(end - 1))) {
      end--;
    }
    long gained = 0;
    for (int i = start; i < end; i++) {
      gained += conversation.tokensOf(i);
    }
    return gained >= WORTH * conversation.room() ? end : 0;
  }

  /** Sums up the oldest items. A turn may follow at once: the log says what came of it. */
  void run(Conversation conversation, Transcript transcript, int items, ModelSource.Choice choice)
      throws CutException, LeaseLostException, InterruptedException {
    long through = transcript.ends().get(items - 1);
    SessionEvent event;
    try {
      event = context.cuttable("the summary", () -> sum(conversation, items, through, choice));
    } catch (PaddockException e) {
      event =
          new SessionEvent.Notice(
              EventId.next(),
              FAILED,
              "The conversation could not be summed up and is trimmed: " + e.getMessage(),
              Optional.of(Json.object().put("through", through)));
    }
    context.log().append(List.of(event));
  }

  private SessionEvent sum(
      Conversation conversation, int items, long through, ModelSource.Choice choice)
      throws InterruptedException {
    ModelDescription model = choice.model().description();
    ModelRequest request =
        conversation
            .upTo(items, Message.User.of(ASKED))
            .withTools(conversation.opening().tools(), new ToolChoice.None())
            .withSampling(
                Sampling.DEFAULT.withMaxTokens(
                    (int) Math.min(MAX_TOKENS, model.maxOutputTokens())));
    ModelTurn turn;
    try (ModelStream stream = choice.model().stream(request)) {
      turn = ModelTurn.collect(EventId.next(), stream, ignored -> {});
    }
    if (turn.text().isBlank() || !turn.calls().isEmpty()) {
      throw new AgentException(ErrorCode.UNAVAILABLE, "the model wrote no summary");
    }
    return new SessionEvent.AgentThreadContextCompacted(
        EventId.next(),
        Optional.of(Json.object().put("text", turn.text().strip()).put("through", through)),
        Optional.of(turn.end().usage()),
        choice.cost(turn.end().usage()));
  }
}
