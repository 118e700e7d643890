package dev.paddock.manifest;

import java.util.Optional;

/**
 * A path of this machine that the sandbox asks to see.
 *
 * @param path in the sandbox, absolute
 * @param hostPath on this machine, where it differs
 */
public record PathGrant(
    String path, boolean readOnly, Optional<String> description, Optional<String> hostPath) {
  /** Where it lies on this machine. */
  public String source() {
    return hostPath.orElse(path);
  }
}
