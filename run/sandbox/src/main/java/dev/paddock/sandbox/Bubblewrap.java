package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The installed bubblewrap.
 *
 * @param options its help text, which names what this version can do
 */
record Bubblewrap(Path program, String options) {
  private static final List<Path> FOLDERS =
      List.of(Path.of("/usr/bin"), Path.of("/usr/local/bin"), Path.of("/bin"));

  static Optional<Path> find() {
    return FOLDERS.stream()
        .map(folder -> folder.resolve("bwrap"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Bubblewrap at(Path program) {
    ProcessBuilder builder =
        new ProcessBuilder(program.toString(), "--help").redirectErrorStream(true);
    builder.environment().clear();
    try {
      Process process = builder.start();
      String help = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new SandboxException(
            ErrorCode.ISOLATION_MISSING, program + " --help does not end; reinstall bubblewrap");
      }
      return new Bubblewrap(program, help);
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
