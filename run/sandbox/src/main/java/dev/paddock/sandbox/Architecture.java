package dev.paddock.sandbox;

import java.util.Optional;

/**
 * A processor architecture with a table of system calls.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/seccomp_filter.html">seccomp filter</a>
 */
enum Architecture {
  X86_64("amd64", 0xC000_003E),
  AARCH64("aarch64", 0xC000_00B7);

  private final String javaName;
  private final int auditToken;

  Architecture(String javaName, int auditToken) {
    this.javaName = javaName;
    this.auditToken = auditToken;
  }

  /** {@code AUDIT_ARCH_…}, as the kernel shows it to a filter. */
  int auditToken() {
    return auditToken;
  }

  /** Empty where no filter can be written. */
  static Optional<Architecture> of(String osArch) {
    for (Architecture architecture : values()) {
      if (architecture.javaName.equals(osArch)) {
        return Optional.of(architecture);
      }
    }
    return Optional.empty();
  }
}
