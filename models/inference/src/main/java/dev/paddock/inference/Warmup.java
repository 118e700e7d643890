package dev.paddock.inference;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Calls the kernels with tiny inputs while a model's weights are being read, so that they are
 * compiled when the first prompt comes. Until the compiler has seen a vector kernel often enough,
 * each of its operations allocates, and a prompt takes seconds.
 */
final class Warmup {
  private static final int ROWS = 32;
  private static final int DEPTH = 64;
  private static final int CALLS = 50;

  /** Calls after which the compiler has surely taken a kernel up; more would only disturb it. */
  private static final int ENOUGH = 80 * CALLS;

  private static final long LIMIT = TimeUnit.SECONDS.toNanos(2);

  /** Compiled, no kernel needs as long for {@link #CALLS} tiny inputs; interpreted, all do. */
  private static final long FAST = TimeUnit.MICROSECONDS.toNanos(150);

  private final List<Runnable> kernels = new ArrayList<>();
  private final Rows input = new Rows(Gemm.TILE, 1 << 15);
  private final Rows output = new Rows(Gemm.TILE, 1 << 10);
  private final Thread thread;

  private Warmup(Collection<Tensor> tensors) {
    // elementwise kernels first: they load classes whose arrival would undo compiled tiles
    kernels.add(() -> VectorMath.exponentiate(input.data, 0, DEPTH, 0));
    kernels.add(() -> VectorMath.swiglu(input.data, output.data, 0, DEPTH));
    kernels.add(() -> VectorMath.rmsNorm(input.data, 0, output.data, 1e-5, output.data, 0, DEPTH));
    kernels.add(() -> VectorMath.max(input.data, 0, DEPTH));
    MemorySegment panel = Matrix.allocate(4L * Lanes.PANEL * (1 << 15));
    kernels.add(() -> Gemm.tile(input.data, 0, DEPTH, panel, 0, 8, output.data, 0, output.stride));
    Set<String> formats = new HashSet<>();
    for (Tensor tensor : tensors) {
      boolean fits = tensor.shape().size() == 2 && tensor.rows() >= ROWS;
      if (fits && tensor.columns() <= 1 << 15 && formats.add(tensor.format().name())) {
        Matrix matrix = firstRows(tensor).pack(RowOrder.AS_STORED);
        kernels.add(() -> matrix.multiply(input.data, output.data, 0, 0, 1));
        kernels.add(() -> matrix.expand(0, 0, Math.min(256, matrix.columns()), panel, 0));
      }
    }
    thread = Thread.ofPlatform().daemon().name("paddock-warmup").start(this::run);
  }

  /** Begins on a thread of its own, for the formats of the given tensors. */
  static Warmup start(Collection<Tensor> tensors) {
    return new Warmup(tensors);
  }

  /** Waits until the kernels are compiled, or two seconds have passed since the beginning. */
  void await() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Tensor firstRows(Tensor tensor) {
    return new Tensor(
        tensor.name(),
        List.of((long) ROWS, (long) tensor.columns()),
        tensor.format(),
        tensor.data().asSlice(0, tensor.rowBytes() * ROWS));
  }

  private void run() {
    long begin = System.nanoTime();
    if (!Lanes.VECTORISED) {
      return;
    }
    for (int calls = 0; !kernels.isEmpty() && System.nanoTime() - begin < LIMIT; calls += CALLS) {
      kernels.removeIf(Warmup::isFast);
      if (calls > ENOUGH) {
        pause();
      }
    }
  }

  private static boolean isFast(Runnable kernel) {
    long begin = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      kernel.run();
    }
    return System.nanoTime() - begin < FAST;
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
