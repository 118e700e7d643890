package dev.paddock.inference;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The embedded model's file, for the tests that need real weights. */
final class TestingModel {
  private static final String NAME = "smollm2-135m-instruct.gguf";

  private TestingModel() {}

  /** The file, or the test is skipped with the reason. */
  static Path file() {
    Path path = find();
    assumeTrue(
        Files.isRegularFile(path),
        "needs the embedded model's weights at %s; fetch them with ./paddock models pull, or set -Dpaddock.model=FILE"
            .formatted(path));
    return path;
  }

  private static Path find() {
    String property = System.getProperty("paddock.model");
    if (property != null) {
      return Path.of(property);
    }
    String cache =
        Optional.ofNullable(System.getenv("PADDOCK_CACHE"))
            .or(() -> Optional.ofNullable(System.getenv("XDG_CACHE_HOME")).map(x -> x + "/paddock"))
            .orElse(System.getProperty("user.home") + "/.cache/paddock");
    return Path.of(cache, "models", NAME);
  }
}
