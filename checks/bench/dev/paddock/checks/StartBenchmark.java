package dev.paddock.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Whole-process times of commands that people and scripts start often. */
final class StartBenchmark {
  private static final int ROUNDS = 15;

  private StartBenchmark() {}

  static void run(Path root) throws IOException, InterruptedException {
    Path home = Files.createTempDirectory("paddock-start");
    System.out.printf("%-16s %8s %8s%n", "command", "min ms", "p50 ms");
    for (List<String> command :
        List.of(
            List.of("--version"), List.of("--help"), List.of("doctor"), List.of("sessions", "list"))) {
      long[] nanos = new long[ROUNDS];
      for (int i = -1; i < ROUNDS; i++) {
        long time = time(root, home, command);
        if (i >= 0) {
          nanos[i] = time;
        }
      }
      Arrays.sort(nanos);
      System.out.printf(
          "%-16s %8.0f %8.0f%n",
          String.join(" ", command), nanos[0] / 1e6, nanos[ROUNDS / 2] / 1e6);
    }
  }

  private static long time(Path root, Path home, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of(root.resolve("paddock").toString()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("PADDOCK_HOME", home.toString());
    long start = System.nanoTime();
    builder.start().waitFor();
    return System.nanoTime() - start;
  }
}
