package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

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

  int batchLimit() {
    return network.batchLimit();
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

  /** Evaluates the tokens that the sequence lacks, so that it holds the first {@code end}. */
  void extend(Sequence sequence, int[] tokens, int end) throws InterruptedException {
    while (sequence.length() < end) {
      int from = sequence.length();
      turn(
          n -> {
            int to = Math.min(end, from + n.batchLimit());
            Part part = Part.chain(sequence, Arrays.copyOfRange(tokens, from, to));
            return n.forward(Batch.of(part), LayerObserver.NONE);
          });
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
