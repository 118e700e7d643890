package dev.paddock.docker;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.EgressBridge;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.spi.Readiness.Missing;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Leads from a port of a container's own network to a proxy's Unix socket, with nothing added to
 * the image and nothing to see in the container: a {@code socat} of this machine that has entered
 * nothing but the network. It has process ids of its own and dies with the shell that started it,
 * which ends when Paddock closes its input, or is no more.
 */
final class NetworkBridge implements AutoCloseable {
  private static final List<Path> FOLDERS =
      List.of(Path.of("/usr/bin"), Path.of("/usr/local/bin"), Path.of("/bin"));
  private static final List<String> PROGRAMS = List.of("nsenter", "unshare", "setpriv", "socat");
  private static final Pattern SOCKET_NAME = Pattern.compile("[A-Za-z0-9._-]+");
  private static final String LISTENING =
      ": 0100007F:%04X 00000000:0000 0A".formatted(EgressBridge.PORT);
  private static final int LISTEN_TRIES = 5_000;
  private static final long LISTEN_PAUSE_NANOS = 1_000_000;

  private static final String SCRIPT =
      """
      "$1" -b 65536 -t 120 \\
        TCP-LISTEN:%d,bind=127.0.0.1,reuseaddr,fork,backlog=256,max-children=192 \\
        UNIX-CONNECT:"$2" </dev/null >/dev/null 2>&1 &
      read -r nothing
      """
          .formatted(EgressBridge.PORT);

  private final Path socket;
  private @Nullable Process process;

  NetworkBridge(Path socket) {
    this.socket = socket;
    if (!SOCKET_NAME.matcher(socket.getFileName().toString()).matches()) {
      throw new SandboxException(
          ErrorCode.INVALID_REQUEST, "a bridge cannot name the socket " + socket);
    }
  }

  /** What this machine lacks for it. */
  static List<Missing> missing() {
    List<Missing> missing = new ArrayList<>();
    if (!"root".equals(System.getProperty("user.name"))) {
      missing.add(
          new Missing(
              "only root can lead a container's network to the egress proxy",
              "run Paddock as root, or sandboxes that may reach hosts in the place local"));
    }
    for (String program : PROGRAMS) {
      if (find(program).isEmpty()) {
        missing.add(
            new Missing(
                program + ", by which a container reaches its egress proxy, is not installed",
                "sudo apt-get install util-linux socat"));
      }
    }
    return missing;
  }

  /** Runs a program of this machine in a container's network, and in nothing else of it. */
  static List<String> beside(long first, List<String> command) {
    List<String> line =
        new ArrayList<>(
            List.of(
                path("nsenter"),
                "--net=/proc/" + first + "/ns/net",
                path("setpriv"),
                "--no-new-privs",
                "--inh-caps=-all",
                "--bounding-set=-all",
                "--pdeathsig=KILL"));
    line.addAll(command);
    return line;
  }

  private static Optional<Path> find(String program) {
    return FOLDERS.stream().map(f -> f.resolve(program)).filter(Files::isExecutable).findFirst();
  }

  private static String path(String program) {
    return find(program)
        .orElseThrow(
            () -> new SandboxException(ErrorCode.ISOLATION_MISSING, program + " is not installed"))
        .toString();
  }

  /**
   * Starts it, and waits until it listens.
   *
   * @param first the first process of the container, as this machine numbers it
   */
  synchronized void start(long first) {
    close();
    List<String> line =
        List.of(
            path("nsenter"),
            "--net=/proc/" + first + "/ns/net",
            path("unshare"),
            "--pid",
            "--fork",
            "--kill-child",
            path("setpriv"),
            "--no-new-privs",
            "--inh-caps=-all",
            "--bounding-set=-all",
            "/bin/sh",
            "-c",
            SCRIPT,
            "paddock-bridge",
            path("socat"),
            socket.getFileName().toString());
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(socket.resolveSibling("").toFile())
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD);
    builder.environment().clear();
    try {
      Process started = builder.start();
      process = started;
      for (int tries = 0; !listens(first); tries++) {
        if (tries == LISTEN_TRIES || !started.isAlive()) {
          close();
          throw new SandboxException(
              ErrorCode.UNAVAILABLE,
              "the bridge from the container to the egress proxy did not start");
        }
        LockSupport.parkNanos(LISTEN_PAUSE_NANOS);
      }
    } catch (IOException e) {
      throw new SandboxException(
          ErrorCode.UNAVAILABLE,
          "cannot lead a container to its egress proxy: " + e.getMessage(),
          e);
    }
  }

  private static boolean listens(long first) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + first + "/net/tcp"))) {
      return lines.anyMatch(line -> line.contains(LISTENING));
    }
  }

  /** Ends it with every connection. */
  @Override
  public synchronized void close() {
    Process running = process;
    if (running == null) {
      return;
    }
    process = null;
    running.descendants().forEach(ProcessHandle::destroyForcibly);
    running.destroyForcibly();
    boolean interrupted = false;
    while (running.isAlive()) {
      try {
        running.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
