package dev.paddock.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** One server, or two nodes that share a database, of which the current one can be made to fail. */
final class Fleet implements AutoCloseable {
  private final List<Program> programs = new ArrayList<>();
  private final List<ServerUnderTest> servers = new CopyOnWriteArrayList<>();
  private final List<Path> folders = new ArrayList<>();
  private final ExecutorService restarts = Executors.newVirtualThreadPerTaskExecutor();
  private Optional<Future<ServerUnderTest>> successor = Optional.empty();
  private int killed;
  private int kills;
  private volatile int current;

  /** Starts a server for each program. */
  Fleet(Path folder, List<Program> programs) {
    for (Program program : programs) {
      Path own = folder.resolve("node-" + this.programs.size());
      try {
        Files.createDirectories(own);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      this.programs.add(program);
      this.folders.add(own);
      this.servers.add(ServerUnderTest.start(program, own));
    }
  }

  /** The address of the current server, which answers. */
  String url() {
    return server().url();
  }

  ServerUnderTest server() {
    return servers.get(current);
  }

  /** Kills the current server; the other one, or its successor, becomes current. */
  void kill() throws InterruptedException {
    awaitSuccessor();
    killed = current;
    server().process().destroyForcibly().waitFor();
    kills++;
    successor =
        Optional.of(
            restarts.submit(
                () -> ServerUnderTest.start(programs.get(killed), folders.get(killed))));
    current = (killed + 1) % servers.size();
    if (current == killed) {
      awaitSuccessor();
    }
  }

  /** How often a server was killed. */
  int kills() {
    return kills;
  }

  /** Waits until every server runs. */
  void awaitSuccessor() throws InterruptedException {
    if (successor.isPresent()) {
      try {
        servers.set(killed, successor.get().get());
      } catch (ExecutionException e) {
        throw new AssertionError("a killed server did not start again", e);
      } finally {
        successor = Optional.empty();
      }
    }
  }

  /** Stops the current server as it stands; the other one becomes current. */
  ServerUnderTest pause() throws IOException, InterruptedException {
    ServerUnderTest paused = server();
    signal("STOP", paused);
    current = (current + 1) % servers.size();
    return paused;
  }

  static void resume(ServerUnderTest paused) throws IOException, InterruptedException {
    signal("CONT", paused);
  }

  private static void signal(String name, ServerUnderTest server)
      throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(server.process().pid())).start();
    if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new IOException("kill -" + name + " failed");
    }
  }

  @Override
  public void close() {
    try {
      awaitSuccessor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closeServers();
    }
  }

  private void closeServers() {
    try (ServerUnderTest _ = servers.getFirst();
        ServerUnderTest _ = servers.getLast()) {
      restarts.shutdownNow();
    }
  }
}
