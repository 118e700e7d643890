package dev.paddock.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that calls a server with an official SDK, as a process of its own, against a server of
 * its own whose model is {@link ModelScript}.
 */
final class SdkProgram {
  static final Path SCRIPTS = Program.root().resolve("checks/conformance");
  static final Path MODULES = SCRIPTS.resolve("node_modules");

  private static final Path PYTHON = SCRIPTS.resolve("python");
  private static final String MODEL = "openai/scripted";

  private SdkProgram() {}

  /** What runs a program, and what that needs. */
  enum Language {
    JAVA(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
    NODE("node"),
    PYTHON("python3");

    private final String interpreter;

    Language(String interpreter) {
      this.interpreter = interpreter;
    }

    /** Why its programs cannot run here. */
    Optional<String> missing() {
      return switch (this) {
        case JAVA -> Optional.empty();
        case NODE -> {
          if (!onPath("node")) {
            yield Optional.of("node is not on PATH; fix: install Node.js 20 or newer");
          }
          yield Files.isDirectory(MODULES)
              ? Optional.empty()
              : Optional.of("the SDKs are not installed; fix: (cd checks/conformance && npm ci)");
        }
        case PYTHON ->
            Files.isDirectory(SdkProgram.PYTHON)
                ? Optional.empty()
                : Optional.of(
                    "the Python SDKs are not installed; fix: pip3 install --target %s -r %s"
                        .formatted(SdkProgram.PYTHON, SCRIPTS.resolve("requirements.txt")));
      };
    }
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** Runs the program to its end, which must come within the limit. */
  static Program.Result run(
      Language language, Path program, Path folder, Duration limit, String... arguments) {
    try (TestingOpenAi model = new TestingOpenAi(ModelScript::answer)) {
      Program paddock =
          new Program(folder)
              .with("OPENAI_BASE_URL", model.url())
              .with("OPENAI_API_KEY", "upstream-key")
              .with("PADDOCK_MODEL", MODEL);
      try (ServerUnderTest server = ServerUnderTest.start(paddock, folder)) {
        return run(server, language, program, folder, limit, arguments);
      }
    }
  }

  private static Program.Result run(
      ServerUnderTest server,
      Language language,
      Path program,
      Path folder,
      Duration limit,
      String... arguments) {
    Path out = folder.resolve("program.out");
    Path err = folder.resolve("program.err");
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(language.interpreter, program.toString()), Stream.of(arguments))
                    .toList())
            .directory(SCRIPTS.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("LANG", "C.UTF-8");
    builder.environment().put("PYTHONPATH", PYTHON.toString());
    builder.environment().put("PADDOCK_URL", server.url());
    builder.environment().put("PADDOCK_API_KEY", ServerUnderTest.KEY);
    builder.environment().put("PADDOCK_TEST_MODEL", MODEL);
    builder.environment().put("MODEL", MODEL);
    try {
      Process process = builder.start();
      if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            "%s did not end; so far:%n%s%n%s%n%s"
                .formatted(program, Files.readString(out), Files.readString(err), server.log()));
      }
      return new Program.Result(process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
