package dev.paddock.sandbox.spi;

import java.time.Duration;

/**
 * Bash source text of any length; limits as in {@link ExecRequest}.
 *
 * @param shell the name of the shell that runs it, of which a sandbox has up to {@link
 *     Sandbox#MAX_SHELLS}
 */
public record ShellRequest(String shell, String command, Duration timeout, long maxOutputBytes) {
  /** The shell of who needs only one. */
  public static final String MAIN = "main";

  public ShellRequest {
    if (command.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a shell command cannot contain NUL");
    }
    Limits.requirePositive(timeout, maxOutputBytes);
  }

  public static ShellRequest of(String command) {
    return new ShellRequest(MAIN, command, Limits.DEFAULT.wallTime(), Limits.DEFAULT.outputBytes());
  }

  public ShellRequest in(String name) {
    return new ShellRequest(name, command, timeout, maxOutputBytes);
  }

  public ShellRequest withTimeout(Duration limit) {
    return new ShellRequest(shell, command, limit, maxOutputBytes);
  }

  public ShellRequest withMaxOutputBytes(long limit) {
    return new ShellRequest(shell, command, timeout, limit);
  }
}
