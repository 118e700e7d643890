package dev.paddock.sandbox.spi;

/** A place where sandboxes run. */
public interface SandboxProvider {
  /** A short name, such as {@code local}. */
  String place();

  Readiness readiness();

  /**
   * Starts a sandbox. Throws a {@code SandboxException} with {@code ISOLATION_MISSING} and the fix
   * where this place cannot confine; it never runs anything unconfined.
   */
  Sandbox start(SandboxSpec spec);
}
