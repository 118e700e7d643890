package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.core.Usage;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** A model that says what a script makes of the request. */
final class TestingModel implements Model {
  static final Usage USAGE = new Usage(10, 5, 0, 0);

  /** One thing that a script does. */
  sealed interface Move {
    record Say(ModelEvent event) implements Move {}

    record Fail(RuntimeException why) implements Move {}

    /** Tells {@code reached} and waits until the stream is closed or interrupted. */
    record Hang(CountDownLatch reached) implements Move {}

    /** Does something in the middle of the stream. */
    record Run(Runnable what) implements Move {}
  }

  /** What the model does in one turn. */
  record Said(List<Move> moves) {
    static Said of(Move... moves) {
      return new Said(List.of(moves));
    }
  }

  private final List<ModelRequest> requests = Collections.synchronizedList(new ArrayList<>());
  private final ModelDescription description;
  private final Function<ModelRequest, Said> script;

  TestingModel(ModelDescription description, Function<ModelRequest, Said> script) {
    this.description = description;
    this.script = script;
  }

  static ModelDescription strong() {
    return new ModelDescription(
        "testing/strong", 100_000, 8_000, Set.of(Capability.TOOLS, Capability.JSON_SCHEMA));
  }

  static ModelDescription embedded(long context) {
    return new ModelDescription(
        "local/testing", context, 256, Set.of(Capability.TOOLS, Capability.GRAMMAR));
  }

  /** Says the turns one after the other, whatever is asked. */
  static TestingModel saying(Said... turns) {
    Queue<Said> left = new ArrayDeque<>(List.of(turns));
    return new TestingModel(
        strong(),
        request -> {
          synchronized (left) {
            return left.remove();
          }
        });
  }

  static Said text(String text) {
    return Said.of(
        new Move.Say(new ModelEvent.TextDelta(text)), end(ModelEvent.EndReason.END_TURN));
  }

  static Said calls(ModelEvent.ToolCall... calls) {
    List<Move> moves = new ArrayList<>();
    for (ModelEvent.ToolCall call : calls) {
      moves.add(new Move.Say(call));
    }
    moves.add(end(ModelEvent.EndReason.TOOL_USE));
    return new Said(moves);
  }

  static ModelEvent.ToolCall call(String name, String input) {
    return new ModelEvent.ToolCall(0, "call_0", name, (ObjectNode) Json.tree(input));
  }

  static Said fails(RuntimeException why) {
    return Said.of(new Move.Fail(why));
  }

  static Move end(ModelEvent.EndReason reason) {
    return end(reason, Optional.empty());
  }

  static Move end(ModelEvent.EndReason reason, Optional<ProviderState> state) {
    return new Move.Say(new ModelEvent.End(reason, USAGE, state, Optional.empty()));
  }

  List<ModelRequest> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  @Override
  public ModelDescription description() {
    return description;
  }

  @Override
  public ModelStream stream(ModelRequest request) {
    requests.add(request);
    return new Stream(new ArrayDeque<>(script.apply(request).moves()));
  }

  private static final class Stream implements ModelStream {
    private final Queue<Move> moves;
    private final CountDownLatch closed = new CountDownLatch(1);

    Stream(Queue<Move> moves) {
      this.moves = moves;
    }

    @Override
    public Optional<ModelEvent> next() throws InterruptedException {
      while (!moves.isEmpty()) {
        switch (moves.remove()) {
          case Move.Say say -> {
            return Optional.of(say.event());
          }
          case Move.Fail fail -> throw fail.why();
          case Move.Hang hang -> {
            hang.reached().countDown();
            closed.await();
          }
          case Move.Run run -> run.what().run();
        }
      }
      return Optional.empty();
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }
}
