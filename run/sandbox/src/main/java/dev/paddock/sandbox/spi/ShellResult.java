package dev.paddock.sandbox.spi;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * What a shell command came to; outputs as in {@link ExecResult}.
 *
 * @param workingDirectory the shell's directory after the command, as the box sees it
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of an output, never compared
public record ShellResult(
    int exitCode,
    byte[] stdout,
    byte[] stderr,
    boolean stdoutTruncated,
    boolean stderrTruncated,
    Optional<KilledBy> killedBy,
    Duration wallTime,
    String workingDirectory) {

  public String stdoutText() {
    return new String(stdout, StandardCharsets.UTF_8);
  }

  public String stderrText() {
    return new String(stderr, StandardCharsets.UTF_8);
  }
}
