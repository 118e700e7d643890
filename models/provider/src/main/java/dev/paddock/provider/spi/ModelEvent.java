package dev.paddock.provider.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ProviderState;
import dev.paddock.core.Usage;
import java.util.List;
import java.util.Optional;

/** One thing that a model says. */
public sealed interface ModelEvent {
  /** More of the answer; {@code tokens} only where log-probabilities were asked for. */
  record TextDelta(String text, List<TokenLogprob> tokens) implements ModelEvent {
    public TextDelta(String text) {
      this(text, List.of());
    }
  }

  /**
   * More of what the provider shows of its reasoning.
   *
   * @param signature of the reasoning up to here, where its provider signs it; the text is empty
   *     then
   */
  record ThinkingDelta(String text, Optional<String> signature) implements ModelEvent {
    public ThinkingDelta(String text) {
      this(text, Optional.empty());
    }
  }

  /** A tool call grows; {@code arguments} is the next fragment of its JSON text. */
  record ToolCallDelta(int index, String name, String arguments) implements ModelEvent {}

  /**
   * A tool call is whole. A call that the token limit cut off never becomes one.
   *
   * @param input never malformed: arguments that are no JSON object end the stream with an error
   */
  record ToolCall(int index, String providerCallId, String name, ObjectNode input)
      implements ModelEvent {}

  /** Prompt work done so far, for a progress display. */
  record PromptProgress(int done, int total) implements ModelEvent {}

  /**
   * The end.
   *
   * @param origins of the values that had to be copied, in the order of the answer
   */
  record End(
      EndReason reason,
      Usage usage,
      Optional<ProviderState> state,
      Optional<TurnTrace> trace,
      List<Origin> origins)
      implements ModelEvent {
    public End(
        EndReason reason, Usage usage, Optional<ProviderState> state, Optional<TurnTrace> trace) {
      this(reason, usage, state, trace, List.of());
    }
  }

  /** Why a model stopped. */
  enum EndReason {
    END_TURN,
    TOOL_USE,
    MAX_TOKENS,
    STOP_SEQUENCE,
    REFUSAL
  }

  /** A token with its natural log-probability and its best rivals. */
  record TokenLogprob(String token, double logprob, List<Alternative> top) {}

  /** A rival of a token. */
  record Alternative(String token, double logprob) {}
}
