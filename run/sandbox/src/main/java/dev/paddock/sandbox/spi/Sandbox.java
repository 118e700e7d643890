package dev.paddock.sandbox.spi;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.SandboxException;
import java.time.Duration;
import java.util.Optional;

/**
 * One confined place with a workspace. Calls may come from several threads; the commands of one
 * shell run one after the other.
 */
public interface Sandbox extends AutoCloseable {
  /**
   * Runs a command in a fresh box over the same workspace: its own process tree, of which nothing
   * is left when the command ends.
   *
   * @throws InterruptedException when the calling thread was interrupted; the tree is killed first
   */
  ExecResult exec(ExecRequest request) throws InterruptedException;

  /**
   * Runs a command in a persistent bash of this sandbox, which keeps directory, variables and
   * background processes. It starts on first use. Throws a {@code SandboxException} with {@code
   * LIMIT_EXCEEDED} for one shell more than {@link #MAX_SHELLS}.
   *
   * @throws InterruptedException when the calling thread was interrupted; the tree is killed first
   */
  ShellResult shell(ShellRequest request) throws InterruptedException;

  int MAX_SHELLS = 32;

  /** Ends a shell with everything it started; its next command gets a new one in /workspace. */
  void endShell(String name);

  /**
   * Starts a process in a box of its own over the same workspace, that outlives this call. It has
   * the network of the persistent shells: what one of them listens on, the others reach at
   * 127.0.0.1. At most {@link #MAX_PROCESSES} are kept; the oldest that has ended makes room.
   *
   * <p>Throws a {@code SandboxException} with {@code LIMIT_EXCEEDED} where all of them run, and
   * {@code PART_MISSING} in a place that has no such processes.
   */
  default RunningProcess start(ProcessRequest request) {
    throw new SandboxException(
        ErrorCode.PART_MISSING,
        "processes that outlive a call cannot run in the place \"%s\"".formatted(report().place()));
  }

  /** A process that was started and not forgotten. */
  default Optional<RunningProcess> process(int id) {
    return Optional.empty();
  }

  int MAX_PROCESSES = 64;

  /**
   * Connects to what listens on a port of 127.0.0.1, or else of ::1, in the network of the
   * persistent shell and of started processes; the box gets no network by that.
   *
   * <p>Throws a {@code SandboxException} with {@code NOT_FOUND} where nothing listens, {@code
   * LIMIT_EXCEEDED} where {@link #MAX_CONNECTIONS} are open, and {@code PART_MISSING} in a place
   * whose ports cannot be reached.
   *
   * @param wait how long something may take to begin to listen
   */
  default PortConnection connect(int port, Duration wait) throws InterruptedException {
    throw new SandboxException(
        ErrorCode.PART_MISSING,
        "ports cannot be reached in the place \"%s\"".formatted(report().place()));
  }

  int MAX_CONNECTIONS = 64;

  /** Which isolation and which limit drivers are active. */
  SandboxReport report();

  /** Ends every process; leaves the workspace folder. */
  @Override
  void close();
}
