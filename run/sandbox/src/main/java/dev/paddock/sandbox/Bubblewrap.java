package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The installed bubblewrap.
 *
 * @param options its help text, which names what this version can do
 */
record Bubblewrap(Path program, String options) {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  static Bubblewrap at(Path program) {
    return at(program, PATIENCE);
  }

  static Bubblewrap at(Path program, Duration patience) {
    ProcessBuilder builder =
        new ProcessBuilder(program.toString(), "--help").redirectErrorStream(true);
    builder.environment().clear();
    try {
      Process process = builder.start();
      try {
        // read afterwards, for reading has no time limit; the help is shorter than a pipe holds
        if (!process.waitFor(patience)) {
          throw new SandboxException(
              ErrorCode.ISOLATION_MISSING, program + " --help does not end; reinstall bubblewrap");
        }
        return new Bubblewrap(
            program, new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new SandboxException(
          ErrorCode.ISOLATION_MISSING, program + " cannot be run; reinstall bubblewrap", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException(ErrorCode.CANCELLED, "interrupted while asking bubblewrap", e);
    }
  }

  /** Whether it has all that a box cannot do without: 0.5.0 and newer. */
  boolean sufficient() {
    return supports("--json-status-fd") && supports("--args") && supports("--clearenv");
  }

  boolean supports(String option) {
    return options.contains(option + " ") || options.contains(option + "\n");
  }
}
