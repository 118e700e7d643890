package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.ShellRequest;
import java.time.Duration;

/** Shell commands with a time limit that fits tests. */
final class TestingShell {
  private TestingShell() {}

  static ShellRequest request(String command) {
    return ShellRequest.of(command).withTimeout(Duration.ofSeconds(60));
  }
}
