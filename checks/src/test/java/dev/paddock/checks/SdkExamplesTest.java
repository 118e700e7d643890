package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs in {@code examples/sdk} run as they stand; of the vendors' only the URL is ours. */
class SdkExamplesTest {
  private static final Path EXAMPLES = Program.root().resolve("examples/sdk");
  private static final long LIMIT_SECONDS = 120;

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
  void theQuickStartAnswers(String name) throws Exception {
    Optional<String> missing =
        switch (kind(name)) {
          case "py" -> Conformance.missing(Path.of("quick_smoke.py"));
          case "ts" -> Conformance.missing(Path.of("quick.mjs"));
          default -> Optional.empty();
        };
    assumeTrue(missing.isEmpty(), missing.orElse(""));
    assumeTrue(Machine.confines(), Machine.whyNot());

    try (TestingOpenAi model = new TestingOpenAi(ModelScript::answer)) {
      Program program =
          new Program(folder)
              .with("OPENAI_BASE_URL", model.url())
              .with("OPENAI_API_KEY", "upstream-key")
              .with("PADDOCK_MODEL", "openai/scripted");
      try (ServerUnderTest server = ServerUnderTest.start(program, folder)) {
        assertThat(run(name, server)).contains("good day");
      }
    }
  }

  private static String kind(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static String interpreter(String name) {
    return switch (kind(name)) {
      case "py" -> "python3";
      case "ts" -> "node";
      case "java" -> Path.of(System.getProperty("java.home"), "bin", "java").toString();
      default -> throw new AssertionError("nothing here runs " + name);
    };
  }

  private String run(String name, ServerUnderTest server) throws Exception {
    Path script = EXAMPLES.resolve(name);
    boolean copied = kind(name).equals("ts");
    if (copied) {
      // They have no types to strip, and the SDKs are found from where the scripts lie.
      script = Conformance.SCRIPTS.resolve("node_modules").resolve(".example-" + name + ".mjs");
      Files.copy(EXAMPLES.resolve(name), script);
    }
    try {
      Path out = folder.resolve("example.out");
      ProcessBuilder builder =
          new ProcessBuilder(interpreter(name), script.toString(), "say good day")
              .redirectErrorStream(true)
              .redirectOutput(out.toFile());
      builder.environment().put("PYTHONPATH", Conformance.SCRIPTS.resolve("python").toString());
      builder.environment().put("PADDOCK_URL", server.url());
      builder.environment().put("PADDOCK_API_KEY", ServerUnderTest.KEY);
      builder.environment().put("MODEL", "openai/scripted");
      Process process = builder.start();
      boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      String said = Files.readString(out);
      assertThat(ended).as(said).isTrue();
      assertThat(process.exitValue()).as(said).isZero();
      return said;
    } finally {
      if (copied) {
        Files.deleteIfExists(script);
      }
    }
  }
}
