package dev.paddock.sandbox;

import dev.paddock.store.Store;
import dev.paddock.store.Stores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;

/**
 * Snapshot and restore of 200 MB in 10,000 files beside {@code tar | zstd}, turn by turn. Half of the
 * files are random bytes. {@code main [ROUNDS]}.
 */
public final class SnapshotBenchmark {
  private static final int FILES = 10_000;
  private static final int SIZE = 20_000;

  private SnapshotBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    Path folder = Files.createTempDirectory(Path.of("/var/tmp"), "paddock-bench");
    Path tree = fill(folder.resolve("workspace"));
    Path archive = folder.resolve("peer.tar.zst");
    double[][] times = new double[7][rounds];
    long added = 0;
    try (Workspace workspace = Workspace.open(tree, List.of())) {
      for (int i = -1; i < rounds; i++) {
        Path home = Files.createDirectory(folder.resolve("home" + i));
        try (Store store = Stores.open(Optional.empty(), home, home.resolve("files"));
            Snapshots snapshots =
                new Snapshots(store.blobs(), folder.resolve("work"), SnapshotLimits.DEFAULT)) {
          Path back = folder.resolve("back");
          Path fork = folder.resolve("fork");
          Snapshot[] taken = new Snapshot[1];
          double[] now = {
            time(() -> taken[0] = snapshots.take(workspace)),
            time(() -> sh("tar cf - -C \"$1\" . | zstd -1 -T2 -q -f -o \"$2\"", tree, archive)),
            time(() -> snapshots.take(workspace)),
            change(tree, i) + time(() -> taken[0] = snapshots.take(workspace)),
            time(() -> snapshots.restore(taken[0].digest(), back)),
            time(
                () ->
                    sh(
                        "mkdir \"$2\" && zstd -dc -q \"$1\" | tar xf - -C \"$2\"",
                        archive,
                        folder.resolve("peer"))),
            time(
                () -> {
                  snapshots.copy(workspace, List.of(), fork);
                  return fork;
                }),
          };
          added = taken[0].addedBytes();
          for (int k = 0; i >= 0 && k < now.length; k++) {
            times[k][i] = now[k];
          }
          for (String made : List.of("back", "fork", "peer")) {
            WorkspaceRemoval.remove(folder.resolve(made));
          }
        }
        WorkspaceRemoval.remove(folder.resolve("home" + i));
      }
    } finally {
      WorkspaceRemoval.remove(folder);
    }
    List<String> names =
        List.of(
            "snapshot, paddock",
            "snapshot, tar | zstd -1 -T2",
            "snapshot again, nothing changed",
            "snapshot again, ten files changed",
            "restore with proof, paddock",
            "restore, zstd | tar",
            "fork with proof, paddock");
    for (int k = 0; k < names.size(); k++) {
      Arrays.sort(times[k]);
      System.out.printf(
          "%-36s min %6.0f ms  p50 %6.0f ms%n", names.get(k), times[k][0], times[k][rounds / 2]);
    }
    System.out.printf(
        "after ten changed files %.1f MB were added to the store; %d files of %d bytes%n",
        added / 1e6, FILES, SIZE);
  }

  private static Path fill(Path tree) throws IOException {
    Random random = new Random(1);
    byte[] noise = new byte[SIZE];
    for (int i = 0; i < FILES; i++) {
      Path file = tree.resolve("d%02d/f%04d".formatted(i / 100, i));
      Files.createDirectories(file.getParent());
      if (i % 2 == 0) {
        random.nextBytes(noise);
        Files.write(file, noise);
      } else {
        StringBuilder text = new StringBuilder();
        while (text.length() < SIZE) {
          text.append("word").append(random.nextInt(500)).append(' ');
        }
        Files.write(
            file, Arrays.copyOf(text.toString().getBytes(StandardCharsets.US_ASCII), SIZE));
      }
    }
    return tree;
  }

  private static double change(Path tree, int round) throws IOException {
    for (int i = 0; i < 10; i++) {
      Files.writeString(tree.resolve("d%02d/f%04d".formatted(i * 9, i * 900)), "round " + round);
    }
    return 0;
  }

  private static int sh(String script, Path first, Path second) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", script, "sh", first.toString(), second.toString())
            .inheritIO()
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("failed: " + script);
    }
    return 0;
  }

  private static double time(Callable<?> work) throws Exception {
    long start = System.nanoTime();
    work.call();
    return (System.nanoTime() - start) / 1e6;
  }
}
