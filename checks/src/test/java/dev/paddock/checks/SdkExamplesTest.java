package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.checks.SdkProgram.Language;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs in {@code examples/sdk} run as they stand; of the vendors' only the URL is ours. */
class SdkExamplesTest {
  private static final Path EXAMPLES = Program.root().resolve("examples/sdk");
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir Path folder;

  static List<String> examples() {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".md"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void theQuickStartAnswers(String name) throws IOException {
    Optional<String> missing = language(name).missing();
    assumeTrue(missing.isEmpty(), missing.orElse(""));
    assumeTrue(Machine.confines(), Machine.whyNot());

    assertThat(run(name)).contains("good day");
  }

  private static Language language(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "py" -> Language.PYTHON;
      case "ts" -> Language.NODE;
      case "java" -> Language.JAVA;
      default -> throw new AssertionError("nothing here runs " + name);
    };
  }

  private String run(String name) throws IOException {
    Path program = EXAMPLES.resolve(name);
    boolean copied = language(name) == Language.NODE;
    if (copied) {
      // They have no types to strip, and the SDKs are found from where the scripts lie.
      program = SdkProgram.MODULES.resolve(".example-" + name + ".mjs");
      Files.copy(EXAMPLES.resolve(name), program, StandardCopyOption.REPLACE_EXISTING);
    }
    try {
      Program.Result result =
          SdkProgram.run(language(name), program, folder, LIMIT, "say good day");
      assertThat(result.exit()).as(result.out() + result.err()).isZero();
      return result.out();
    } finally {
      if (copied) {
        Files.deleteIfExists(program);
      }
    }
  }
}
