package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.ShellRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A confined command beside bubblewrap itself with the same box and no seccomp, started from the
 * same process, turn by turn. {@code main [ROUNDS]}.
 */
public final class ExecBenchmark {
  private ExecBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
    Path folder = Files.createTempDirectory("paddock-bench");
    Path workspace = Files.createDirectory(folder.resolve("workspace"));
    try (LocalSandboxProvider provider = new LocalSandboxProvider(folder.resolve("run"));
        Sandbox sandbox = provider.start(SandboxSpec.of(workspace))) {
      List<String> bare = bare(folder, workspace);
      long[] ours = new long[rounds];
      long[] theirs = new long[rounds];
      for (int i = -20; i < rounds; i++) {
        long mine = time(() -> sandbox.exec(ExecRequest.of("/bin/true")).exitCode());
        long peer = time(() -> startAndRead(bare));
        if (i >= 0) {
          ours[i] = mine;
          theirs[i] = peer;
        }
      }
      long[] shell = new long[rounds];
      for (int i = -20; i < rounds; i++) {
        long mine = time(() -> sandbox.shell(ShellRequest.of("echo hello")).exitCode());
        if (i >= 0) {
          shell[i] = mine;
        }
      }
      print("exec /bin/true, paddock", ours);
      print("exec /bin/true, bwrap without seccomp", theirs);
      print("shell builtin, paddock", shell);
      System.out.printf(
          "ratio p50 %.2f, of minima %.2f%n",
          (double) ours[rounds / 2] / theirs[rounds / 2], (double) ours[0] / theirs[0]);
    }
    WorkspaceRemoval.remove(folder);
  }

  private static List<String> bare(Path folder, Path workspace) throws Exception {
    EtcFolder etc = EtcFolder.create(folder.resolve("etc"), Path.of("/etc"));
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Bubblewrap bubblewrap = Machine.THIS.bubblewrap();
    BoxArguments box =
        new BoxArguments(
            SandboxSpec.of(workspace),
            workspace,
            etc,
            temporary,
            bubblewrap,
            LaunchOptions.PRODUCTION);
    List<String> command = new ArrayList<>(List.of(bubblewrap.program().toString()));
    command.addAll(box.list());
    command.add("/bin/true");
    return command;
  }

  private static int startAndRead(List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    Process process = builder.start();
    process.getOutputStream().close();
    process.getInputStream().readAllBytes();
    process.getErrorStream().readAllBytes();
    return process.waitFor();
  }

  private static long time(Callable<Integer> work) throws Exception {
    long start = System.nanoTime();
    if (work.call() != 0) {
      throw new IllegalStateException("the command failed");
    }
    return System.nanoTime() - start;
  }

  private static void print(String name, long[] nanos) {
    Arrays.sort(nanos);
    System.out.printf(
        "%-40s min %6.2f ms  p50 %6.2f ms  p95 %6.2f ms%n",
        name, nanos[0] / 1e6, nanos[nanos.length / 2] / 1e6, nanos[nanos.length * 95 / 100] / 1e6);
  }
}
