package dev.paddock.sandbox.spi;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A program and its arguments, without a shell.
 *
 * @param stdin what the program reads; empty for an empty input
 * @param timeout the smaller one of this and {@link Limits#wallTime()} holds
 * @param maxOutputBytes how much of each output is kept, the rest is read and left out
 */
public record ExecRequest(
    List<String> command, Optional<byte[]> stdin, Duration timeout, long maxOutputBytes) {
  public ExecRequest {
    command = List.copyOf(command);
    if (command.isEmpty() || command.stream().anyMatch(part -> part.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException("a command needs a program, and no NUL in any argument");
    }
    Limits.requirePositive(timeout, maxOutputBytes);
  }

  public static ExecRequest of(String... command) {
    return new ExecRequest(
        List.of(command),
        Optional.empty(),
        Limits.DEFAULT.wallTime(),
        Limits.DEFAULT.outputBytes());
  }

  public ExecRequest withStdin(byte[] bytes) {
    return new ExecRequest(command, Optional.of(bytes), timeout, maxOutputBytes);
  }

  public ExecRequest withTimeout(Duration limit) {
    return new ExecRequest(command, stdin, limit, maxOutputBytes);
  }

  public ExecRequest withMaxOutputBytes(long limit) {
    return new ExecRequest(command, stdin, timeout, limit);
  }
}
