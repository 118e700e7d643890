package dev.paddock.sandbox.spi;

import java.time.Duration;

/** Bash source text of any length; limits as in {@link ExecRequest}. */
public record ShellRequest(String command, Duration timeout, long maxOutputBytes) {
  public ShellRequest {
    if (command.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a shell command cannot contain NUL");
    }
    Limits.requirePositive(timeout, maxOutputBytes);
  }

  public static ShellRequest of(String command) {
    return new ShellRequest(command, Limits.DEFAULT.wallTime(), Limits.DEFAULT.outputBytes());
  }

  public ShellRequest withTimeout(Duration limit) {
    return new ShellRequest(command, limit, maxOutputBytes);
  }

  public ShellRequest withMaxOutputBytes(long limit) {
    return new ShellRequest(command, timeout, limit);
  }
}
