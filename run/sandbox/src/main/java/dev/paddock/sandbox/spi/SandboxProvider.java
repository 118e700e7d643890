package dev.paddock.sandbox.spi;

/** A place where sandboxes run. */
public interface SandboxProvider extends AutoCloseable {
  /** A short name, such as {@code local}. */
  String place();

  Readiness readiness();

  /** Whether sandboxes that may reach hosts can be started here, too. */
  Readiness egressReadiness();

  /**
   * Starts a sandbox. Throws a {@code SandboxException} with {@code ISOLATION_MISSING} and the fix
   * where this place cannot confine; it never runs anything unconfined.
   */
  Sandbox start(SandboxSpec spec);

  /** Lets go of all that the place keeps; its sandboxes must be closed. */
  @Override
  void close();
}
