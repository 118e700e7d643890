package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.checks.SdkProgram.Language;
import dev.paddock.core.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The scripts that call every method of the official SDKs. A script prints one JSON object a line
 * for each method of its SDK.
 */
final class Conformance {
  private static final Duration LIMIT = Duration.ofMinutes(4);

  private Conformance() {}

  /** What a script says of one method. */
  record Line(String method, String result, String why) {}

  /** What came of a script. */
  record Outcome(int exit, List<Line> lines, String err) {}

  /** The scripts, sorted by name. */
  static List<Path> scripts() {
    try (Stream<Path> files = Files.list(SdkProgram.SCRIPTS)) {
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

  private static Language language(Path script) {
    return isPython(script) ? Language.PYTHON : Language.NODE;
  }

  /** Why a script cannot run here. */
  static Optional<String> missing(Path script) {
    return language(script).missing();
  }

  static Outcome run(Path script, Path folder) {
    Program.Result result = SdkProgram.run(language(script), script, folder, LIMIT);
    List<Line> lines =
        result.lines().stream()
            .filter(line -> line.startsWith("{"))
            .map(Json::tree)
            .map(Conformance::line)
            .toList();
    return new Outcome(result.exit(), lines, result.err());
  }

  private static Line line(JsonNode line) {
    return new Line(
        line.path("method").asText(), line.path("result").asText(), line.path("why").asText(""));
  }
}
