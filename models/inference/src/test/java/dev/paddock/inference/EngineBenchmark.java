package dev.paddock.inference;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Prefill and decode speed of a model file, and beside it that of llama.cpp, run in a child process
 * by a Python interpreter that has {@code llama-cpp-python}:
 *
 * <pre>EngineBenchmark FILE [PYTHON]</pre>
 */
final class EngineBenchmark {
  private static final int PROMPT = 512;
  private static final int ANSWER = 64;
  private static final int ROUNDS = 5;

  private EngineBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    System.out.printf("%-24s %14s %14s%n", "", "prefill tok/s", "decode tok/s");
    for (int threads = 1; threads <= 2; threads++) {
      long start = System.nanoTime();
      GgufFile gguf = GgufFile.open(file);
      Architecture architecture = Architectures.named(gguf.text("general.architecture").orElse(""));
      try (Network network = architecture.load(gguf, EngineOptions.DEFAULT.withThreads(threads))) {
        long loaded = System.nanoTime();
        double[] best = {Double.MAX_VALUE, Double.MAX_VALUE};
        for (int round = 0; round < ROUNDS; round++) {
          double[] seconds = round(network);
          best[0] = Math.min(best[0], seconds[0]);
          best[1] = Math.min(best[1], seconds[1]);
        }
        System.out.printf(
            "%-24s %14.0f %14.0f   loaded in %d ms%n",
            "engine, threads " + threads,
            PROMPT / best[0],
            ANSWER / best[1],
            TimeUnit.NANOSECONDS.toMillis(loaded - start));
      }
      if (arguments.length > 1) {
        peer(arguments[1], file, threads);
      }
    }
  }

  /** Seconds of prefill and of decode. */
  private static double[] round(Network network) {
    try (Sequence sequence = network.newSequence()) {
      int[] prompt = new int[PROMPT];
      for (int i = 0; i < PROMPT; i++) {
        prompt[i] = 100 + i * 7919 % 40_000;
      }
      Rows logits = new Rows(1, network.vocabularySize());
      long start = System.nanoTime();
      for (int from = 0; from < PROMPT; from += network.batchLimit()) {
        int to = Math.min(PROMPT, from + network.batchLimit());
        Rows hidden =
            network.forward(
                Batch.of(Part.chain(sequence, Arrays.copyOfRange(prompt, from, to))),
                LayerObserver.NONE);
        if (to == PROMPT) {
          network.logits(hidden, to - from - 1, logits);
        }
      }
      long prefilled = System.nanoTime();
      for (int i = 0; i < ANSWER; i++) {
        int next = Sampler.argmax(logits.data, network.vocabularySize());
        Rows hidden = network.forward(Batch.of(Part.chain(sequence, next)), LayerObserver.NONE);
        network.logits(hidden, 0, logits);
      }
      long decoded = System.nanoTime();
      return new double[] {(prefilled - start) / 1e9, (decoded - prefilled) / 1e9};
    }
  }

  private static void peer(String python, Path file, int threads) throws Exception {
    String script =
        """
        import sys, time, llama_cpp
        file, prompt, answer, rounds, threads = sys.argv[1], *map(int, sys.argv[2:])
        model = llama_cpp.Llama(file, n_ctx=2048, n_batch=512, n_threads=threads,
                                n_threads_batch=threads, verbose=False)
        tokens = [100 + i * 7919 % 40000 for i in range(prompt)]
        best = [1e9, 1e9]
        for _ in range(rounds):
            model.reset()
            start = time.perf_counter()
            model.eval(tokens)
            middle = time.perf_counter()
            for _ in range(answer):
                model.eval([model.sample(temp=0)])
            end = time.perf_counter()
            best = [min(best[0], middle - start), min(best[1], end - middle)]
        print("%-24s %14.0f %14.0f" % ("llama.cpp, threads %d" % threads,
              prompt / best[0], answer / best[1]))
        """;
    Process child =
        new ProcessBuilder(
                python,
                "-c",
                script,
                file.toString(),
                String.valueOf(PROMPT),
                String.valueOf(ANSWER),
                String.valueOf(ROUNDS),
                String.valueOf(threads))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .inheritIO()
            .start();
    int status = child.waitFor();
    if (status != 0) {
      System.out.printf("llama.cpp: not measured, %s ended with %d%n", python, status);
    }
  }
}
