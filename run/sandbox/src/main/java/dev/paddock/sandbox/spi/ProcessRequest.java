package dev.paddock.sandbox.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process that outlives the call that starts it. No time limit ends it; it ends with its sandbox
 * at the latest.
 *
 * @param command a program and its arguments, without a shell
 * @param directory absolute, in the box
 * @param environment added to the box's own; never a secret
 * @param terminal a terminal of its own, of this size; without one its input is empty and its two
 *     outputs are one
 * @param maxUnreadBytes how much output is kept that nobody has read; of more, the first and the
 *     last half
 */
public record ProcessRequest(
    List<String> command,
    String directory,
    Map<String, String> environment,
    Optional<TerminalSize> terminal,
    int maxUnreadBytes) {
  public ProcessRequest {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    if (command.isEmpty() || command.stream().anyMatch(part -> part.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException("a command needs a program, and no NUL in any argument");
    }
    if (!directory.startsWith("/") || directory.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a directory is an absolute path without NUL");
    }
    if (environment.keySet().stream().anyMatch(name -> !name.matches("[A-Za-z_][A-Za-z0-9_]*"))
        || environment.values().stream().anyMatch(value -> value.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException("a variable has a name of letters, and a value, no NUL");
    }
    if (maxUnreadBytes < 16) {
      throw new IllegalArgumentException("at least 16 bytes of output are kept");
    }
  }

  public static ProcessRequest of(String... command) {
    return new ProcessRequest(List.of(command), "/workspace", Map.of(), Optional.empty(), 1 << 20);
  }

  public ProcessRequest withDirectory(String absolute) {
    return new ProcessRequest(command, absolute, environment, terminal, maxUnreadBytes);
  }

  public ProcessRequest withEnvironment(Map<String, String> variables) {
    return new ProcessRequest(command, directory, variables, terminal, maxUnreadBytes);
  }

  public ProcessRequest withTerminal(TerminalSize size) {
    return new ProcessRequest(command, directory, environment, Optional.of(size), maxUnreadBytes);
  }

  public ProcessRequest withMaxUnreadBytes(int limit) {
    return new ProcessRequest(command, directory, environment, terminal, limit);
  }
}
