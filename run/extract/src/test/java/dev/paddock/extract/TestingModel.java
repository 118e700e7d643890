package dev.paddock.extract;

import dev.paddock.core.Usage;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.provider.spi.Scorer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** A model that answers from a script, or only scores. */
final class TestingModel implements Model {
  final Queue<ModelRequest> requests = new ConcurrentLinkedQueue<>();
  private final Function<ModelRequest, String> answers;
  private final Optional<Scorer> scorer;
  private final ModelEvent.EndReason reason;

  private TestingModel(
      Function<ModelRequest, String> answers,
      Optional<Scorer> scorer,
      ModelEvent.EndReason reason) {
    this.answers = answers;
    this.scorer = scorer;
    this.reason = reason;
  }

  static TestingModel answering(Function<ModelRequest, String> answers) {
    return new TestingModel(answers, Optional.empty(), ModelEvent.EndReason.END_TURN);
  }

  /** What it says is whole JSON, but was cut off by the token limit. */
  static TestingModel cutAfter(String answer) {
    return new TestingModel(r -> answer, Optional.empty(), ModelEvent.EndReason.MAX_TOKENS);
  }

  static TestingModel scoring(Scorer scorer) {
    return new TestingModel(
        request -> {
          throw new AssertionError("asked for text");
        },
        Optional.of(scorer),
        ModelEvent.EndReason.END_TURN);
  }

  @Override
  public ModelDescription description() {
    Set<Capability> can = scorer.isPresent() ? Set.of(Capability.LOCAL) : Set.of();
    return new ModelDescription("testing/model", 8_000, 1_000, can);
  }

  @Override
  public Optional<Scorer> scorer() {
    return scorer;
  }

  @Override
  public ModelStream stream(ModelRequest request) {
    requests.add(request);
    Queue<ModelEvent> events =
        new ArrayDeque<>(
            List.of(
                new ModelEvent.TextDelta(answers.apply(request)),
                new ModelEvent.End(reason, Usage.NONE, Optional.empty(), Optional.empty())));
    return new ModelStream() {
      @Override
      public Optional<ModelEvent> next() {
        return Optional.ofNullable(events.poll());
      }

      @Override
      public void close() {
        events.clear();
      }
    };
  }
}
