package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs the scripts that call the official SDKs, each against a server of its own whose model is
 * {@link ModelScript}. A script prints one JSON object a line for each method of its SDK.
 */
final class Conformance {
  static final Path SCRIPTS = Program.root().resolve("checks/conformance");

  private static final Path MODULES = SCRIPTS.resolve("node_modules");
  private static final Path PYTHON = SCRIPTS.resolve("python");
  private static final long LIMIT_SECONDS = 240;

  private Conformance() {}

  /** What a script says of one method. */
  record Line(String method, String result, String why) {}

  /** What came of a script. */
  record Outcome(int exit, List<Line> lines, String err) {}

  /** The scripts, sorted by name. */
  static List<Path> scripts() {
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      return files
          .filter(file -> file.toString().endsWith(".mjs") || isPython(file))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isPython(Path script) {
    return script.toString().endsWith("_smoke.py");
  }

  /** Why a script cannot run here. */
  static Optional<String> missing(Path script) {
    if (isPython(script)) {
      return Files.isDirectory(PYTHON)
          ? Optional.empty()
          : Optional.of(
              "the Python SDKs are not installed; fix: pip3 install --target %s -r %s"
                  .formatted(PYTHON, SCRIPTS.resolve("requirements.txt")));
    }
    if (!onPath("node")) {
      return Optional.of("node is not on PATH; fix: install Node.js 20 or newer");
    }
    return Files.isDirectory(MODULES)
        ? Optional.empty()
        : Optional.of("the SDKs are not installed; fix: (cd checks/conformance && npm ci)");
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  static Outcome run(Path script, Path folder) {
    try (TestingOpenAi model = new TestingOpenAi(ModelScript::answer)) {
      Program program =
          new Program(folder)
              .with("OPENAI_BASE_URL", model.url())
              .with("OPENAI_API_KEY", "upstream-key")
              .with("PADDOCK_MODEL", "openai/scripted");
      try (ServerUnderTest server = ServerUnderTest.start(program, folder)) {
        return run(script, folder, server);
      }
    }
  }

  private static Outcome run(Path script, Path folder, ServerUnderTest server) {
    Path out = folder.resolve("script.out");
    Path err = folder.resolve("script.err");
    ProcessBuilder builder =
        new ProcessBuilder(isPython(script) ? "python3" : "node", script.toString())
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
    builder.environment().put("PADDOCK_TEST_MODEL", "openai/scripted");
    try {
      Process process = builder.start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            "%s did not end; so far:%n%s%n%s%n%s"
                .formatted(script, Files.readString(out), Files.readString(err), server.log()));
      }
      return new Outcome(process.exitValue(), lines(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static List<Line> lines(Path out) throws IOException {
    List<Line> lines = new ArrayList<>();
    for (String text : Files.readAllLines(out)) {
      if (text.startsWith("{")) {
        JsonNode line = Json.tree(text);
        lines.add(
            new Line(
                line.path("method").asText(),
                line.path("result").asText(),
                line.path("why").asText("")));
      }
    }
    return List.copyOf(lines);
  }
}
