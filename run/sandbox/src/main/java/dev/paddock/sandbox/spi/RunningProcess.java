package dev.paddock.sandbox.spi;

import java.time.Duration;

/** A process of a sandbox. Calls may come from several threads. */
public interface RunningProcess {
  /** From 1000 to 99999; no other process of the same sandbox has or had it. */
  int id();

  /** Whether it has a terminal, and so takes input. */
  boolean hasTerminal();

  /**
   * What it wrote since the last call, after this time or when it has ended. A process whose exit
   * code was told is forgotten by its sandbox.
   */
  ProcessOutput read(Duration wait) throws InterruptedException;

  /**
   * Types into its terminal; does not wait for the process to read. Throws a {@code
   * SandboxException} with {@code CONFLICT} for a process that has none or has ended, {@code
   * LIMIT_EXCEEDED} where it has not read what it was sent before.
   */
  void write(byte[] bytes);

  /** Nothing happens where there is no terminal. */
  void resize(TerminalSize size);

  /** Kills it with every process it started; what it wrote can still be read. */
  void kill();
}
