package dev.paddock.sandbox.spi;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * What a command came to.
 *
 * @param exitCode the program's own code, or 128 + the signal that ended it
 * @param stdout at most the asked-for bytes; when truncated, a line in the middle says how much is
 *     missing
 * @param stderr like stdout; its last line names the limit that ended the command, if one did
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of an output, never compared
public record ExecResult(
    int exitCode,
    byte[] stdout,
    byte[] stderr,
    boolean stdoutTruncated,
    boolean stderrTruncated,
    Optional<KilledBy> killedBy,
    Duration wallTime) {

  public String stdoutText() {
    return new String(stdout, StandardCharsets.UTF_8);
  }

  public String stderrText() {
    return new String(stderr, StandardCharsets.UTF_8);
  }
}
