package dev.paddock.checks;

import dev.paddock.sandbox.LocalSandboxProvider;
import dev.paddock.sandbox.spi.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/** What this machine lacks, for tests that need it. */
final class Machine {
  private static final Readiness READINESS = readiness(false);
  private static final Readiness BRIDGE = readiness(true);

  private Machine() {}

  private static Readiness readiness(boolean network) {
    try (LocalSandboxProvider provider =
        new LocalSandboxProvider(Files.createTempDirectory("paddock-checks"))) {
      return network ? provider.egressReadiness() : provider.readiness();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean confines() {
    return READINESS.ready();
  }

  /** Whether sandboxes can reach hosts. */
  static boolean bridges() {
    return BRIDGE.ready();
  }

  static String whyNot() {
    return READINESS.missing().stream()
        .map(part -> part.what() + "; fix: " + part.fix())
        .reduce((a, b) -> a + "; " + b)
        .orElse("");
  }

  static boolean hasModel() {
    return Files.exists(Program.model());
  }

  static String noModel() {
    return "the embedded model is not in " + Program.model() + "; fix: ./paddock models pull";
  }
}
