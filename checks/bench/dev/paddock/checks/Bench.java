package dev.paddock.checks;

import dev.paddock.extract.ReceiptsBenchmark;
import dev.paddock.inference.EngineBenchmark;
import dev.paddock.inference.GrammarBenchmark;
import dev.paddock.sandbox.ExecBenchmark;
import dev.paddock.store.AppendBenchmark;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** {@code ./paddock bench NAME}: each prints ours and a peer's side by side from one run. */
public final class Bench {
  private Bench() {}

  /** What a benchmark does with the rest of the command line. */
  @FunctionalInterface
  interface Benchmark {
    void run(String[] arguments) throws Exception;
  }

  private record Entry(String description, Benchmark benchmark) {}

  private static Map<String, Entry> all(Path root, Path cache) {
    String model = cache.resolve("models/smollm2-135m-instruct.gguf").toString();
    Map<String, Entry> all = new LinkedHashMap<>();
    all.put(
        "append",
        new Entry("appends a second beside raw SQLite at the same settings", AppendBenchmark::main));
    all.put(
        "exec",
        new Entry(
            "a confined command beside bwrap with the same box and no seccomp; the persistent shell",
            ExecBenchmark::main));
    all.put(
        "sandbox",
        new Entry(
            "exec, shell, first call, the way out, snapshots, each beside its peer: sandbox [--peers]",
            rest -> SandboxBenchmark.run(root, cache, rest)));
    all.put(
        "engine",
        new Entry(
            "prefill and decode beside llama.cpp: engine [PYTHON with llama-cpp-python]",
            rest -> EngineBenchmark.main(with(rest, model))));
    all.put(
        "grammar",
        new Entry(
            "what structured output costs a token",
            rest -> GrammarBenchmark.main(with(rest, model))));
    all.put(
        "receipts",
        new Entry(
            "values and marks field by field: receipts [development example heldout jobs development-30]",
            rest ->
                ReceiptsBenchmark.main(
                    with(
                        rest.length > 0
                            ? rest
                            : new String[] {
                              "example", "development", "heldout", "jobs", "development-30"
                            },
                        root.toString(),
                        model))));
    all.put(
        "server",
        new Entry(
            "a turn beside openai-agents, events, streams, sessions, start: server [PYTHON with openai-agents]",
            rest -> ServerBenchmark.run(root, rest)));
    all.put("start", new Entry("start times of the command", rest -> StartBenchmark.run(root)));
    return all;
  }

  private static String[] with(String[] rest, String... first) {
    return Stream.concat(Stream.of(first), Stream.of(rest)).toArray(String[]::new);
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, Entry> all =
        all(
            Path.of(System.getProperty("paddock.root", ".")),
            Path.of(System.getProperty("paddock.cache", ".")));
    String name = arguments.length == 0 ? "" : arguments[0];
    Entry chosen = all.get(name);
    if (chosen == null) {
      if (!name.isEmpty()) {
        System.err.println("paddock: no benchmark \"" + name + "\"; there are:");
      }
      all.forEach((known, entry) -> System.out.printf("%-10s %s%n", known, entry.description()));
      System.exit(name.isEmpty() ? 0 : 2);
      return;
    }
    chosen.benchmark().run(java.util.Arrays.copyOfRange(arguments, 1, arguments.length));
    System.exit(0);
  }
}
