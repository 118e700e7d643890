package dev.paddock.sandbox.spi;

/** Which limit a command ran into. */
public enum KilledBy {
  TIMEOUT,
  MEMORY,
  PROCESSES,
  CPU,
  FILE_SIZE,
  WORKSPACE,
  OUTPUT,
  /** Another thread closed the sandbox or restarted its shell. */
  INTERRUPT
}
