package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/**
 * A network with its resident sequences. Requests of several threads take turns, batch by batch, so
 * that none waits for another's whole answer.
 */
final class Engine implements AutoCloseable {
  private static final int RESIDENTS = 32;

  private final Network network;
  private final Residents residents;
  private final ReentrantLock turn = new ReentrantLock(true);
  private boolean closed;

  Engine(Network network) {
    this.network = network;
    residents = new Residents(network.pool(), RESIDENTS);
  }

  /** Work with the network in one turn. */
  @FunctionalInterface
  interface Work<T> {
    T with(Network network);
  }

  /** Waits for a turn and uses it. */
  <T> T turn(Work<T> work) throws InterruptedException {
    turn.lockInterruptibly();
    try {
      if (closed) {
        throw new ModelException(ErrorCode.CANCELLED, "the model was closed");
      }
      return work.with(network);
    } finally {
      turn.unlock();
    }
  }

  int contextLength() {
    return (int) Math.min(network.contextLength(), network.pool().capacity());
  }

  int vocabularySize() {
    return network.vocabularySize();
  }

  /** A sequence that shares the longest kept beginning of the tokens, up to {@code most}. */
  Sequence begin(int[] tokens, int most) throws InterruptedException {
    return turn(n -> residents.take(tokens, most, n));
  }

  /** Keeps what the sequence holds for later prompts. */
  void keep(Sequence sequence) throws InterruptedException {
    turn(
        n -> {
          residents.keep(sequence);
          return sequence;
        });
  }

  void release(Sequence sequence) {
    turn.lock();
    try {
      sequence.close();
    } finally {
      turn.unlock();
    }
  }

  /**
   * Evaluates the tokens that the sequence lacks, so that it holds the first {@code end}.
   *
   * @param progress is told how many it holds
   */
  void extend(Sequence sequence, int[] tokens, int end, IntConsumer progress)
      throws InterruptedException {
    while (sequence.length() < end) {
      int from = sequence.length();
      turn(
          n -> {
            int to = Math.min(end, from + n.batchLimit());
            n.forward(
                Batch.of(Part.chain(sequence, Arrays.copyOfRange(tokens, from, to))),
                LayerObserver.NONE);
            return to;
          });
      progress.accept(sequence.length());
    }
  }

  @Override
  public void close() {
    turn.lock();
    try {
      if (!closed) {
        closed = true;
        residents.clear();
        network.close();
      }
    } finally {
      turn.unlock();
    }
  }
}
