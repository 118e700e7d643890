package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.provider.ModelException;
import java.util.Arrays;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Branching, batching and sharing do not change what a model computes. */
class SequenceTest {
  private static final int[] PREFIX =
      TestingLlama.tokens("A common beginning of 40 bytes, or more.");
  private static final int[] LEFT = TestingLlama.tokens(" Then it goes left.");
  private static final int[] RIGHT = TestingLlama.tokens(" Or else it turns to the right.");

  private final Network network =
      new LlamaArchitecture().load(TestingLlama.file(false).read(), new EngineOptions(2, 8 << 20));

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void branchesShareTheirBeginning() {
    Sequence left = network.newSequence();
    run(Part.chain(left, PREFIX));
    Sequence right = left.fork(PREFIX.length);
    long before = network.pool().usedBytes();
    Sequence third = left.fork(7);
    assertThat(network.pool().usedBytes()).isEqualTo(before);
    float[] leftAlone = alone(LEFT);
    float[] rightAlone = alone(RIGHT);
    assertClose(run(Part.chain(left, LEFT)), leftAlone);
    assertClose(run(Part.chain(right, RIGHT)), rightAlone);
    third.close();
  }

  @Test
  void forksInOneBatchDoNotMix() {
    Sequence left = network.newSequence();
    run(Part.chain(left, PREFIX));
    Sequence right = left.fork(PREFIX.length);
    Rows hidden =
        network.forward(
            Batch.of(Part.chain(left, LEFT), Part.chain(right, RIGHT)), LayerObserver.NONE);
    float[] first = logits(hidden, LEFT.length - 1);
    float[] second = logits(hidden, LEFT.length + RIGHT.length - 1);
    assertClose(first, alone(LEFT));
    assertClose(second, alone(RIGHT));
    assertClose(run(Part.chain(left, 'A')), alone(TestingLlama.tokens(" Then it goes left.A")));
    assertClose(
        run(Part.chain(right, 'B')),
        alone(TestingLlama.tokens(" Or else it turns to the right.B")));
  }

  @Test
  void oneTokenAtATimeIsTheSameAsAll() {
    Sequence sequence = network.newSequence();
    float[] last = new float[0];
    for (int token : PREFIX) {
      last = run(Part.chain(sequence, token));
    }
    for (int token : LEFT) {
      last = run(Part.chain(sequence, token));
    }
    assertClose(last, alone(LEFT));
  }

  @Test
  void aTreeSeesItsAncestorsOnlyAndIsForgotten() {
    Sequence sequence = network.newSequence();
    run(Part.chain(sequence, PREFIX));
    int[] tokens = {65, 66, 67, 68, 69};
    int[] parents = {-1, 0, -1, 2, 1};
    long before = network.pool().usedBytes();
    Rows hidden =
        network.forward(Batch.of(Part.tree(sequence, tokens, parents)), LayerObserver.NONE);
    float[] deep = logits(hidden, 4);
    float[] side = logits(hidden, 3);
    assertThat(sequence.length()).isEqualTo(PREFIX.length);
    assertThat(network.pool().usedBytes()).isEqualTo(before);
    assertClose(deep, alone(new int[] {65, 66, 69}));
    assertClose(side, alone(new int[] {67, 68}));
  }

  @Test
  void aFullPoolRefusesAndKeepsWhatThereIs() {
    long block = 4L * Block.CELLS * 2 * 2 * 2 * 64;
    try (Network small =
        new LlamaArchitecture()
            .load(TestingLlama.file(false).read(), new EngineOptions(1, 2 * block))) {
      Sequence sequence = small.newSequence();
      small.forward(Batch.of(Part.chain(sequence, PREFIX)), LayerObserver.NONE);
      assertThatThrownBy(
              () -> small.forward(Batch.of(Part.chain(sequence, RIGHT)), LayerObserver.NONE))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("cache");
      assertThat(sequence.length()).isEqualTo(PREFIX.length);
      sequence.close();
      assertThat(small.pool().usedBytes()).isZero();
    }
  }

  private float[] alone(int[] more) {
    int[] all = Arrays.copyOf(PREFIX, PREFIX.length + more.length);
    System.arraycopy(more, 0, all, PREFIX.length, more.length);
    try (Sequence sequence = network.newSequence()) {
      return run(Part.chain(sequence, all));
    }
  }

  private float[] run(Part part) {
    return logits(network.forward(Batch.of(part), LayerObserver.NONE), part.size() - 1);
  }

  private float[] logits(Rows hidden, int row) {
    Rows out = new Rows(1, network.vocabularySize());
    network.logits(hidden, row, out);
    return Arrays.copyOf(out.data, network.vocabularySize());
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).containsExactly(expected, Assertions.within(2e-3f));
  }
}
