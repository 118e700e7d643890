package dev.paddock.checks;

import dev.paddock.checks.Conformance.Line;
import dev.paddock.checks.Conformance.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code ./paddock protocols}: runs the conformance scripts and writes what came of each method.
 */
public final class Protocols {
  static final Path PAGE = Program.root().resolve("docs/protocols.md");

  private static final String HEAD =
      """
      # Protocols

      Each vendor's official SDK, unmodified, calls every method of its resources on a server of its
      own; only the base URL and the key are changed. This page is written by `./paddock protocols`
      from what the scripts in `checks/conformance` say, and `ConformanceTest` fails when it is old.
      """;

  private Protocols() {}

  public static void main(String[] arguments) throws IOException {
    StringBuilder page = new StringBuilder(HEAD);
    int failed = 0;
    for (Path script : Conformance.scripts()) {
      String name = script.getFileName().toString();
      Optional<String> missing = Conformance.missing(script);
      if (missing.isPresent()) {
        System.err.println("paddock: " + name + ": " + missing.get());
        System.exit(3);
      }
      Outcome outcome = Conformance.run(script, Files.createTempDirectory("paddock-protocols"));
      long wrong = count(outcome.lines(), "fail");
      failed += (int) wrong + (outcome.exit() == 0 || wrong > 0 ? 0 : 1);
      System.out.printf(
          "%s: %d pass, %d fail, %d not offered%n",
          name, count(outcome.lines(), "pass"), wrong, count(outcome.lines(), "not_offered"));
      outcome.lines().stream()
          .filter(line -> line.result().equals("fail"))
          .forEach(line -> System.out.printf("  %s: %s%n", line.method(), line.why()));
      if (outcome.exit() != 0) {
        System.err.println(outcome.err());
      }
      page.append('\n').append(section(name, outcome.lines()));
    }
    Files.writeString(PAGE, page);
    System.exit(failed == 0 ? 0 : 1);
  }

  static String section(String script, List<Line> lines) {
    StringBuilder text = new StringBuilder("## %s\n\n".formatted(script));
    text.append(
        "%d methods pass, %d are not offered.\n\n| method | result |\n|---|---|\n"
            .formatted(count(lines, "pass"), count(lines, "not_offered")));
    for (Line line : lines) {
      String why = line.why().replace("|", "\\|").replaceAll("\\s+", " ");
      String result =
          switch (line.result()) {
            case "pass" -> "pass";
            case "not_offered" -> "not offered: " + why;
            default -> "**" + line.result() + "**: " + why;
          };
      text.append("| `%s` | %s |\n".formatted(line.method(), result));
    }
    return text.toString();
  }

  private static long count(List<Line> lines, String result) {
    return lines.stream().filter(line -> line.result().equals(result)).count();
  }
}
