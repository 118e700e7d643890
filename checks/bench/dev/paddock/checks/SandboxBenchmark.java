package dev.paddock.checks;

import dev.paddock.egress.EgressBenchmark;
import dev.paddock.sandbox.ExecBenchmark;
import dev.paddock.sandbox.FirstCallBenchmark;
import dev.paddock.sandbox.SnapshotBenchmark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * All of the sandbox in one run, each part beside its peer. The peers' own programs are installed
 * into the cache when they are asked for.
 *
 * <pre>sandbox [--peers]</pre>
 */
final class SandboxBenchmark {
  private static final String SRT = "@anthropic-ai/sandbox-runtime";
  private static final String SRT_VERSION = "0.0.83";
  private static final String OPENAI = "openai-agents";
  private static final String OPENAI_VERSION = "0.24.0";
  private static final int ROUNDS = 100;

  private SandboxBenchmark() {}

  static void run(Path root, Path cache, String[] arguments) throws Exception {
    boolean peers = Arrays.asList(arguments).contains("--peers");
    ExecBenchmark.main(new String[] {Integer.toString(ROUNDS)});
    FirstCallBenchmark.main(new String[0]);
    System.out.println();
    Path scripts = root.resolve("checks/bench/peers");
    Path installed = cache.resolve("peers");
    if (peers) {
      srt(scripts, installed.resolve("sandbox-runtime"));
      openAi(scripts, installed.resolve("openai-agents"));
    } else {
      notChecked(SRT, "give --peers to install and measure it");
      notChecked(OPENAI, "give --peers to install and measure it");
    }
    System.out.println();
    EgressBenchmark.main(new String[] {"128", "3"});
    System.out.println();
    SnapshotBenchmark.main(new String[] {"3"});
  }

  private static void srt(Path scripts, Path folder) throws Exception {
    Files.createDirectories(folder);
    Path module = folder.resolve("node_modules").resolve(SRT);
    if (!Files.exists(module)) {
      Output npm =
          Output.of(
              folder, "npm", "install", "--no-audit", "--no-fund", "--prefix", folder.toString(),
              SRT + "@" + SRT_VERSION);
      if (npm.exit() != 0) {
        notChecked(SRT, npm.lastLine());
        return;
      }
    }
    Path work = Files.createTempDirectory("paddock-bench");
    print(
        SRT + " (reads allowed, own seccomp)",
        Output.of(
            work,
            "node",
            scripts.resolve("srt.mjs").toString(),
            module.toString(),
            Integer.toString(ROUNDS)));
  }

  private static void openAi(Path scripts, Path folder) throws Exception {
    if (!Files.exists(folder)) {
      Output pip =
          Output.of(
              scripts, "pip3", "install", "--quiet", "--target", folder.toString(),
              OPENAI + "==" + OPENAI_VERSION);
      if (pip.exit() != 0) {
        notChecked(OPENAI, pip.lastLine());
        return;
      }
    }
    print(
        OPENAI + ", local (confines nothing on Linux)",
        Output.of(
            scripts,
            "env",
            "PYTHONPATH=" + folder,
            "PYTHONDONTWRITEBYTECODE=1",
            "python3",
            scripts.resolve("openai_local.py").toString(),
            Integer.toString(ROUNDS)));
  }

  private record Output(int exit, String text) {
    static Output of(Path folder, String... command) throws InterruptedException {
      try {
        Process process =
            new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String text =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Output(process.waitFor(), text);
      } catch (IOException e) {
        return new Output(127, String.valueOf(e.getMessage()));
      }
    }

    String lastLine() {
      return text.lines()
          .filter(line -> line.contains("rror"))
          .findFirst()
          .orElseGet(() -> text.lines().reduce("no output", (first, last) -> last))
          .strip();
    }
  }

  /** A script prints the nanoseconds of each call, a line each. */
  private static void print(String name, Output output) {
    List<Long> nanos =
        output.text().lines().filter(line -> line.matches("\\d+")).map(Long::parseLong).toList();
    if (output.exit() != 0 || nanos.size() < ROUNDS) {
      notChecked(name, output.lastLine());
      return;
    }
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    System.out.printf(
        "%-66s min %6.2f ms  p50 %6.2f ms  p95 %6.2f ms%n",
        "exec /bin/true, " + name,
        sorted[0] / 1e6,
        sorted[ROUNDS / 2] / 1e6,
        sorted[ROUNDS * 95 / 100] / 1e6);
  }

  private static void notChecked(String name, String why) {
    System.out.printf("%-66s not checked: %s%n", "exec /bin/true, " + name, why);
  }
}
