package dev.paddock.sandbox.spi;

/**
 * One confined place with a workspace. Calls may come from several threads; shell commands run one
 * after the other.
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
   * Runs a command in the persistent bash of this sandbox, which keeps directory, variables and
   * background processes. It starts on first use.
   *
   * @throws InterruptedException when the calling thread was interrupted; the tree is killed first
   */
  ShellResult shell(ShellRequest request) throws InterruptedException;

  /** Ends the shell with everything it started; the next command gets a new one in /workspace. */
  void restartShell();

  /** Which isolation and which limit drivers are active. */
  SandboxReport report();

  /** Ends every process; leaves the workspace folder. */
  @Override
  void close();
}
