package dev.paddock.sandbox.spi;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a process wrote since it was last asked.
 *
 * @param bytes no character is cut in two; where something is missing in the middle a line says how
 *     much
 * @param missingBytes how much was left out
 * @param exitCode of a process that has ended, or 128 + the signal that ended it; then nothing more
 *     comes
 * @param killedBy the limit that ended it
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of an output, never compared
public record ProcessOutput(
    byte[] bytes, long missingBytes, Optional<Integer> exitCode, Optional<KilledBy> killedBy) {

  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
