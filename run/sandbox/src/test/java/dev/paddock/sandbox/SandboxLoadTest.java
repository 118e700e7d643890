package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code -Dpaddock.soak=true}: 100 sandboxes at once, 10,000 commands in a row, and bombs beside a
 * neighbour whose times are printed and not judged.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
final class SandboxLoadTest {
  private static final boolean SOAK = Boolean.getBoolean("paddock.soak");
  private static final int SANDBOXES = SOAK ? 100 : 8;
  private static final int COMMANDS = SOAK ? 10_000 : 100;
  private static final int TIMED = SOAK ? 200 : 5;
  private static final ExecRequest BOTH =
      ExecRequest.of("bash", "-c", "(:) & (:) & wait; echo done >f; cat f");

  @TempDir Path folder;
  private SandboxProvider provider;

  @BeforeEach
  void start() {
    provider = new LocalSandboxProvider(folder.resolve("run"));
  }

  @AfterEach
  void stop() {
    if (provider != null) {
      provider.close();
    }
  }

  private Sandbox sandbox(String name, Limits limits) throws IOException {
    return provider.start(
        SandboxSpec.of(Files.createDirectories(folder.resolve(name))).withLimits(limits));
  }

  private static void print(String figures) throws IOException {
    String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    System.out.println("load: " + figures + ", load average " + load);
  }

  /** What a process holds of its machine. */
  private record Held(
      long residentKb, long heapKb, int threads, long files, long mounts, int groups) {
    static Held now(String run) throws IOException {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      long resident =
          Files.readAllLines(Path.of("/proc/self/status")).stream()
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElseThrow();
      try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"));
          Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
        return new Held(
            resident,
            (runtime.totalMemory() - runtime.freeMemory()) >> 10,
            ManagementFactory.getThreadMXBean().getThreadCount(),
            files.count(),
            mounts.count(),
            TestingProcesses.controlGroups("paddock-" + run).size());
      }
    }
  }

  private Held held() throws IOException {
    try (Stream<Path> runs = Files.list(folder.resolve("run"))) {
      return Held.now(runs.findFirst().orElseThrow().getFileName().toString());
    }
  }

  /**
   * @param idleThreads that may wait for more work for a minute
   */
  private static void assertFlat(Held before, Held after, int idleThreads) {
    assertThat(after.mounts()).isEqualTo(before.mounts());
    assertThat(after.groups()).isLessThanOrEqualTo(before.groups());
    assertThat(after.files()).isLessThan(before.files() + 16);
    assertThat(after.threads()).isLessThan(before.threads() + idleThreads);
    assertThat(after.heapKb()).isLessThan(before.heapKb() + (32 << 10));
    assertThat(after.residentKb()).isLessThan(before.residentKb() + (96 << 10));
  }

  @Test
  void manySandboxesWorkAtOnceAndNothingOfThemIsLeft() throws Exception {
    work("first"); // after which threads wait for more
    Held before = held();
    long start = System.nanoTime();
    work("second");
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    Held after = held();
    print(
        "%d sandboxes at once in %d s, before %s, after %s"
            .formatted(SANDBOXES, seconds, before, after));
    // how many read outputs at the busiest moment differs from time to time
    assertFlat(before, after, 2 * SANDBOXES);
  }

  /** Of all sandboxes at once, in a fresh box and in a shell. */
  private void work(String name) throws Exception {
    List<Sandbox> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> said = new ArrayList<>();
      for (int i = 0; i < SANDBOXES; i++) {
        Sandbox sandbox = sandbox(name + i, Limits.DEFAULT);
        all.add(sandbox);
        String script =
            "echo %d >own; for i in 1 2 3 4 5; do seq 2000 | sort -R | sort -n | tail -1; done; cat own"
                .formatted(i);
        said.add(
            threads.submit(() -> sandbox.exec(ExecRequest.of("bash", "-c", script)).stdoutText()));
        said.add(
            threads.submit(
                () -> sandbox.shell(TestingShell.request("seq 2000 | tail -1")).stdoutText()));
      }
      for (int i = 0; i < said.size(); i++) {
        assertThat(said.get(i).get())
            .isEqualTo(i % 2 == 0 ? "2000\n".repeat(5) + i / 2 + "\n" : "2000\n");
      }
    } finally {
      all.forEach(Sandbox::close);
    }
  }

  @Test
  void whatIsHeldDoesNotGrowWithCommands() throws Exception {
    try (Sandbox sandbox = sandbox("w", Limits.DEFAULT)) {
      Optional<Held> tenth = Optional.empty();
      long start = System.nanoTime();
      for (int i = 1; i <= COMMANDS; i++) {
        assertThat(sandbox.exec(BOTH).stdoutText()).isEqualTo("done\n");
        if (i == COMMANDS / 10) {
          tenth = Optional.of(held());
        }
      }
      Held end = held();
      print(
          "%,d commands in %d s, after %,d %s, after all %s"
              .formatted(
                  COMMANDS,
                  TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
                  COMMANDS / 10,
                  tenth.orElseThrow(),
                  end));
      assertFlat(tenth.orElseThrow(), end, 16);
    }
  }

  @Test
  void bombsLeaveTheirNeighbourToItsWork() throws Exception {
    Limits small = Limits.DEFAULT.withMemoryBytes(256L << 20).withProcesses(64);
    String forks = "b() { b | b & }; b; sleep 1000";
    String memory = "x=$(head -c 1000M /dev/zero | tr '\\0' x); sleep 1000";
    try (Sandbox neighbour = sandbox("neighbour", Limits.DEFAULT);
        Sandbox bomb = sandbox("bomb", small)) {
      times(neighbour);
      long[] alone = times(neighbour);
      AtomicBoolean over = new AtomicBoolean();
      List<Future<?>> exploding = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (String script : List.of(forks, memory)) {
          exploding.add(threads.submit(() -> explode(bomb, script, over)));
        }
        try {
          long[] beside = times(neighbour);
          print(
              "a neighbour's command alone p50 %.1f ms p95 %.1f ms, beside bombs p50 %.1f ms p95 %.1f ms"
                  .formatted(at(alone, 50), at(alone, 95), at(beside, 50), at(beside, 95)));
        } finally {
          over.set(true);
        }
      }
      for (Future<?> each : exploding) {
        each.get();
      }
      assertThat(neighbour.exec(BOTH).exitCode()).isZero();
    }
  }

  private static void explode(Sandbox bomb, String script, AtomicBoolean over) {
    while (!over.get()) {
      try {
        bomb.exec(ExecRequest.of("bash", "-c", script).withTimeout(Duration.ofSeconds(3)));
      } catch (InterruptedException | SandboxException ended) {
        return;
      }
    }
  }

  private static long[] times(Sandbox sandbox) throws InterruptedException {
    long[] nanos = new long[TIMED];
    for (int i = 0; i < TIMED; i++) {
      long start = System.nanoTime();
      assertThat(sandbox.exec(BOTH).exitCode()).isZero();
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private static double at(long[] sorted, int percent) {
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e6;
  }
}
