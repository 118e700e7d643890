package dev.paddock.sandbox.spi;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.PortRelay;
import dev.paddock.sandbox.SandboxException;
import java.time.Duration;
import java.util.List;

/**
 * Where the boxes of one sandbox are started: what a place provides. {@code BoxedSandbox} makes a
 * sandbox of it. Calls come from several threads.
 */
public interface Boxes extends AutoCloseable {
  /**
   * Starts a command in {@code /workspace}.
   *
   * @param input whether {@link Box#stdin()} will be written; else the command's input is empty
   */
  Box start(List<String> command, boolean input);

  /**
   * As {@link #start}, in a network that is the same for all boxes started so: those of the shell
   * and of processes that outlive a call. It leads nowhere else, or to the egress proxy.
   */
  default Box startShared(List<String> command, boolean input) {
    return start(command, input);
  }

  /** Starts the persistent shell, in the shared network where it is to be one with it. */
  default Box startShell(List<String> command) {
    return startShared(command, true);
  }

  /**
   * As {@link #startShared}, with a terminal, which controls the command: {@link Box#stdin()} types
   * and {@link Box#stdout()} reads what is written to it. Throws {@code INVALID_REQUEST} in a place
   * without terminals.
   */
  default Box startTerminal(List<String> command, TerminalSize size) {
    throw new SandboxException(
        ErrorCode.INVALID_REQUEST,
        "commands have no terminals in this place; start it without one");
  }

  /**
   * Runs {@link PortRelay#command} in the shared network and in nothing else of the boxes, with the
   * fewest rights: its input and output are a connection to the port. Throws {@code NOT_FOUND}
   * where there is no such network yet.
   */
  default Box startRelay(int port, Duration wait) {
    throw new SandboxException(ErrorCode.PART_MISSING, "ports cannot be reached in this place");
  }

  Hits hits();

  /** After the boxes were killed: removes all that the sandbox needed but its workspace. */
  @Override
  void close();
}
