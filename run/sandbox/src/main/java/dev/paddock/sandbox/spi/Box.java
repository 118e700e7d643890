package dev.paddock.sandbox.spi;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/** A running command and everything that it has started, wherever that has gone to. */
public interface Box {
  /** What it writes; at its end when the command has ended or was killed. */
  InputStream stdout();

  InputStream stderr();

  /** What it reads, if an input was asked for. */
  OutputStream stdin();

  /** The window of a terminal has another size; nothing where there is none. */
  default void resize(TerminalSize size) {}

  /** Waits for the end of the command; false when the time is over first. */
  boolean await(Duration timeout) throws InterruptedException;

  boolean alive();

  /** The command's own code, or 128 + the signal that ended it; only after the end. */
  int exitCode();

  /**
   * The exit code of a command that no limit ended, as a shell would tell it: 127 for a program
   * that is not there, 126 for one that cannot be run. Throws a {@code SandboxException} when the
   * place could not run anything.
   *
   * @param stderr what was written there; some places say there why nothing ran
   */
  int exitCode(byte[] stderr);

  /** Kills all of it and waits for the end of the command. The first cause counts. */
  void kill(KilledBy cause);

  /** Why it was killed. */
  Optional<KilledBy> cause();

  /** After the end of the command: nothing that it has started is left. May be called again. */
  void end();
}
