package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * From nothing to a command's result: a sandbox is made, its first command runs, by a provider that
 * has run others before. {@code main [ROUNDS]}.
 */
public final class FirstCallBenchmark {
  private FirstCallBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 40;
    Path folder = Files.createTempDirectory("paddock-bench");
    long[] nanos = new long[rounds];
    try (LocalSandboxProvider provider = new LocalSandboxProvider(folder.resolve("run"))) {
      for (int i = -5; i < rounds; i++) {
        Path workspace = Files.createDirectory(folder.resolve("workspace" + i));
        long start = System.nanoTime();
        try (Sandbox sandbox = provider.start(SandboxSpec.of(workspace))) {
          sandbox.exec(ExecRequest.of("/bin/true"));
          if (i >= 0) {
            nanos[i] = System.nanoTime() - start;
          }
        }
      }
    } finally {
      WorkspaceRemoval.remove(folder);
    }
    Arrays.sort(nanos);
    System.out.printf(
        "%-40s min %6.2f ms  p50 %6.2f ms  p95 %6.2f ms%n",
        "first call, cold, paddock",
        nanos[0] / 1e6,
        nanos[rounds / 2] / 1e6,
        nanos[rounds * 95 / 100] / 1e6);
  }
}
