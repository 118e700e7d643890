package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a network makes of one row of inputs. */
@SuppressWarnings("ArrayRecordComponent")
record ParityRun(int[] ids, List<float[]> hidden, float[] logits) {
  static ParityRun of(Network network, float[] input) {
    int[] ids = new int[input.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) input[i];
    }
    List<float[]> hidden = new ArrayList<>();
    float[] logits = new float[ids.length * network.vocabularySize()];
    try (Sequence sequence = network.newSequence()) {
      Rows last =
          network.forward(
              Batch.of(Part.chain(sequence, ids)),
              (layer, rows, count) -> hidden.add(flat(rows, count)));
      Rows out = new Rows(ids.length, network.vocabularySize());
      network.logits(last, ids.length, 0, network.vocabularySize(), out);
      for (int i = 0; i < ids.length; i++) {
        System.arraycopy(
            out.data, out.at(i), logits, i * network.vocabularySize(), network.vocabularySize());
      }
    }
    return new ParityRun(ids, hidden, logits);
  }

  private static float[] flat(Rows rows, int count) {
    return Arrays.copyOf(rows.data, count * rows.stride);
  }

  /** The largest difference between what was computed and an expected tensor of that name. */
  static double difference(Network network, List<ParityRun> runs, String name, Tensor expected) {
    float[] wanted = expected.floats();
    return switch (name) {
      case "logits" -> logits(runs, wanted);
      case "hidden_states" -> hidden(runs, expected, wanted);
      case "greedy" -> greedy(network, runs, expected, wanted);
      default ->
          throw new ModelException(
              ErrorCode.INVALID_REQUEST,
              "expected tensor \"%s\" is none of logits, hidden_states, greedy".formatted(name));
    };
  }

  private static double logits(List<ParityRun> runs, float[] wanted) {
    double worst = 0;
    int at = 0;
    for (ParityRun run : runs) {
      for (float value : run.logits) {
        worst = larger(worst, value - wanted[at++]);
      }
    }
    return worst;
  }

  /** Shape {@code [layers + 1, rows, tokens, hidden]}. */
  private static double hidden(List<ParityRun> runs, Tensor expected, float[] wanted) {
    int size = expected.columns();
    int layers = expected.rows();
    double worst = 0;
    int at = 0;
    for (int layer = 0; layer < layers; layer++) {
      for (ParityRun run : runs) {
        float[] rows = run.hidden.get(layer);
        int stride = rows.length / run.ids.length;
        for (int i = 0; i < run.ids.length; i++) {
          for (int d = 0; d < size; d++) {
            worst = larger(worst, rows[i * stride + d] - wanted[at++]);
          }
        }
      }
    }
    return worst;
  }

  /** The greedy continuation of each row, by one token at a time through the cache. */
  private static double greedy(
      Network network, List<ParityRun> runs, Tensor expected, float[] wanted) {
    double worst = 0;
    int at = 0;
    for (ParityRun run : runs) {
      try (Sequence sequence = network.newSequence()) {
        Rows logits = new Rows(1, network.vocabularySize());
        int[] next = run.ids;
        for (int i = 0; i < expected.columns(); i++) {
          Rows rows = network.forward(Batch.of(Part.chain(sequence, next)), LayerObserver.NONE);
          network.logits(rows, next.length - 1, logits);
          next = new int[] {Sampler.argmax(logits.data, network.vocabularySize())};
          worst = larger(worst, next[0] - wanted[at++]);
        }
      }
    }
    return worst;
  }

  /** A difference that is no number counts as infinite. */
  private static double larger(double worst, double difference) {
    return Double.isNaN(difference)
        ? Double.POSITIVE_INFINITY
        : Math.max(worst, Math.abs(difference));
  }
}
