package dev.paddock.inference;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/**
 * Prefill and decode speed of a model file, and beside it that of llama.cpp, run in a child process
 * by a Python interpreter that has {@code llama-cpp-python}; best of some rounds. On a machine that
 * does other work as well, tokens for each second of processor time say more than those for each
 * second on the clock.
 *
 * <pre>EngineBenchmark FILE [PYTHON]</pre>
 */
final class EngineBenchmark {
  private static final int PROMPT = 252;
  private static final int ANSWER = 32;
  private static final int ROUNDS = 5;

  private EngineBenchmark() {}

  /** Seconds on the clock and of processor time. */
  private record Cost(double clock, double processor) {
    static final Cost MOST = new Cost(Double.MAX_VALUE, Double.MAX_VALUE);

    static Cost now() {
      return new Cost(System.nanoTime() / 1e9, SYSTEM.getProcessCpuTime() / 1e9);
    }

    Cost since(Cost start) {
      return new Cost(clock - start.clock, processor - start.processor);
    }

    Cost best(Cost other) {
      return new Cost(Math.min(clock, other.clock), Math.min(processor, other.processor));
    }

    private static final com.sun.management.OperatingSystemMXBean SYSTEM =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
  }

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    System.out.printf(
        "%-22s %14s %14s %14s %14s%n",
        "tokens a second", "prefill", "decode", "prefill, CPU", "decode, CPU");
    for (int threads = 1; threads <= 2; threads++) {
      GgufFile gguf = GgufFile.open(file);
      Architecture architecture = Architectures.named(gguf.text("general.architecture").orElse(""));
      try (Network network = architecture.load(gguf, EngineOptions.DEFAULT.withThreads(threads))) {
        Cost prefill = Cost.MOST;
        Cost decode = Cost.MOST;
        for (int round = 0; round < ROUNDS; round++) {
          Cost[] costs = round(network);
          prefill = prefill.best(costs[0]);
          decode = decode.best(costs[1]);
        }
        System.out.printf(
            "%-22s %14.0f %14.0f %14.0f %14.0f%n",
            "engine, threads " + threads,
            PROMPT / prefill.clock,
            ANSWER / decode.clock,
            PROMPT / prefill.processor,
            ANSWER / decode.processor);
      }
      if (arguments.length > 1) {
        peer(arguments[1], file, threads);
      }
    }
  }

  private static Cost[] round(Network network) {
    try (Sequence sequence = network.newSequence()) {
      int[] prompt = new int[PROMPT];
      for (int i = 0; i < PROMPT; i++) {
        prompt[i] = (100 + i * 7919) % network.vocabularySize();
      }
      Rows logits = new Rows(1, network.vocabularySize());
      Cost start = Cost.now();
      Rows hidden = network.forward(Batch.of(Part.chain(sequence, prompt)), LayerObserver.NONE);
      network.logits(hidden, PROMPT - 1, logits);
      Cost read = Cost.now();
      for (int i = 0; i < ANSWER; i++) {
        int next = Sampler.argmax(logits.data, network.vocabularySize());
        hidden = network.forward(Batch.of(Part.chain(sequence, next)), LayerObserver.NONE);
        network.logits(hidden, 0, logits);
      }
      return new Cost[] {read.since(start), Cost.now().since(read)};
    }
  }

  private static void peer(String python, Path file, int threads) throws Exception {
    String script =
        """
        import sys, time, llama_cpp
        file, prompt, answer, rounds, threads = sys.argv[1], *map(int, sys.argv[2:])
        model = llama_cpp.Llama(file, n_ctx=1024, n_batch=512, n_threads=threads,
                                n_threads_batch=threads, verbose=False)
        tokens = [(100 + i * 7919) % model.n_vocab() for i in range(prompt)]
        now = lambda: (time.perf_counter(), time.process_time())
        best = [1e9] * 4
        for _ in range(rounds):
            model.reset()
            start = now()
            model.eval(tokens)
            read = now()
            for i in range(answer):
                model.eval([1000 + i])
            end = now()
            costs = [b - a for a, b in zip(start + read, read + end)]
            best = [min(a, b) for a, b in zip(best, costs)]
        print("%-22s %14.0f %14.0f %14.0f %14.0f" % ("llama.cpp, threads %d" % threads,
              prompt / best[0], answer / best[2], prompt / best[1], answer / best[3]))
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
            .inheritIO()
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int status = child.waitFor();
    if (status != 0) {
      System.out.printf("llama.cpp: not measured, %s ended with %d%n", python, status);
    }
  }
}
