package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import dev.paddock.sandbox.WorkspaceRemoval;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code ./paddock peers FOLDER}: runs test suites of other sandboxes, whose sources lie in folders
 * {@code sandbox-runtime} and {@code openai-agents} there, with boxes of ours behind their APIs,
 * and writes what came of each case.
 *
 * <p>It runs in a network of its own, with nothing in it but loopback.
 */
public final class Peers {
  static final Path PAGE = Program.root().resolve("docs/sandbox-peers.md");
  static final Path SCRIPTS = Program.root().resolve("checks/peers");

  /** Names in that network that lead to a server there. */
  private static final String SITES = "example.com,github.com,api.github.com";

  private static final List<Suite> SUITES =
      List.of(
          new Suite("srt.py", "sandbox-runtime"),
          new Suite("codex.py", ""),
          new Suite("agents_sdk.py", "openai-agents"));

  private Peers() {}

  /**
   * @param source the folder that it needs, if any
   */
  private record Suite(String script, String source) {}

  /** One case, as the scripts print it. */
  record Case(String suite, String name, String theirs, String ours) {
    static Case of(JsonNode line) {
      return new Case(
          line.path("suite").asText(),
          line.path("name").asText(),
          line.path("theirs").asText(),
          line.path("ours").asText());
    }

    /** Nothing to explain. */
    boolean plain() {
      return !asked() || (ours.equals("pass") && !theirs.equals("fail"));
    }

    /** Whether it asked anything of ours. */
    boolean asked() {
      return !ours.equals("not asked");
    }
  }

  /** Why cases come out otherwise: suite and name as a pattern, then the reason. */
  record Reason(Pattern cases, String text) {
    static List<Reason> read() throws IOException {
      List<Reason> reasons = new ArrayList<>();
      for (String line : Files.readAllLines(SCRIPTS.resolve("differences.txt"))) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] parts = line.split("\\s+=>\\s+", 2);
          reasons.add(new Reason(Pattern.compile(parts[0]), parts[1]));
        }
      }
      return reasons;
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path sources = Path.of(arguments.length == 0 ? "" : arguments[0]).toAbsolutePath();
    Path folder = Files.createTempDirectory(Path.of("/var/tmp"), "pdkpeers");
    List<Case> cases = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    try (PeerBoxes boxes = new PeerBoxes(folder, SITES)) {
      for (Suite suite : SUITES) {
        Path source = sources.resolve(suite.source());
        if (!Files.isDirectory(source)) {
          missing.add(suite.source());
          System.err.println("paddock: not run, no folder " + source);
          continue;
        }
        run(suite, source, boxes.socket(), cases);
      }
    } finally {
      WorkspaceRemoval.remove(folder);
    }
    List<Reason> reasons = Reason.read();
    if (missing.isEmpty()) {
      Files.writeString(PAGE, page(cases, reasons));
    }
    long unexplained =
        cases.stream().filter(c -> !c.plain() && why(c, reasons).isEmpty()).peek(Peers::tell).count();
    System.out.printf(
        "%d cases, %d pass in ours, %d differ without a reason%n",
        cases.size(), cases.stream().filter(c -> c.ours().equals("pass")).count(), unexplained);
    System.exit(unexplained == 0 ? missing.isEmpty() ? 0 : 3 : 1);
  }

  private static void tell(Case one) {
    System.out.printf("  %s > %s: theirs %s, ours %s%n", one.suite(), one.name(), one.theirs(), one.ours());
  }

  private static void run(Suite suite, Path source, Path socket, List<Case> cases)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("python3", SCRIPTS.resolve(suite.script()).toString(), source.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("PADDOCK_PEER_BOXES", socket.toString());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    Process process = builder.start();
    try (BufferedReader lines = process.inputReader()) {
      lines.lines().filter(line -> line.startsWith("{")).map(Json::tree).map(Case::of).forEach(cases::add);
    }
    if (process.waitFor() != 0) {
      throw new IOException(suite.script() + " ended with " + process.exitValue());
    }
  }

  static Optional<String> why(Case one, List<Reason> reasons) {
    String asked = one.suite() + " > " + one.name();
    return reasons.stream()
        .filter(reason -> reason.cases().matcher(asked).find())
        .map(Reason::text)
        .findFirst();
  }

  static String page(List<Case> cases, List<Reason> reasons) throws IOException {
    StringBuilder page = new StringBuilder(Files.readString(SCRIPTS.resolve("head.txt")));
    Set<String> suites = new LinkedHashSet<>();
    cases.forEach(one -> suites.add(one.suite()));
    page.append("\n| suite | cases | ask for a box | of these pass in theirs | in ours |\n|---|---|---|---|---|\n");
    for (String suite : suites) {
      List<Case> of = cases.stream().filter(one -> one.suite().equals(suite)).toList();
      boolean run = of.stream().anyMatch(one -> !one.theirs().equals("not run"));
      page.append(
          "| %s | %d | %d | %s | %d |\n"
              .formatted(
                  suite, of.size(), of.stream().filter(Case::asked).count(), run ? passed(of, true) : "not run", passed(of, false)));
    }
    for (String suite : suites) {
      Map<String, List<Case>> byReason = new LinkedHashMap<>();
      for (Case one : cases) {
        if (one.suite().equals(suite) && !one.plain()) {
          String why = why(one, reasons).orElse("**not explained**");
          String key = "%s | %s | %s".formatted(one.theirs(), one.ours(), why);
          byReason.computeIfAbsent(key, none -> new ArrayList<>()).add(one);
        }
      }
      if (!byReason.isEmpty()) {
        page.append("\n## ").append(suite).append("\n\n");
        page.append("| case | theirs | ours | why |\n|---|---|---|---|\n");
        byReason.forEach(
            (key, of) ->
                page.append(
                    "| %s | %s |\n"
                        .formatted(
                            String.join("<br>", of.stream().map(Peers::shortName).toList()), key)));
      }
    }
    return page.toString();
  }

  private static long passed(List<Case> cases, boolean theirs) {
    return cases.stream()
        .filter(Case::asked)
        .filter(one -> (theirs ? one.theirs() : one.ours()).equals("pass"))
        .count();
  }

  private static String shortName(Case one) {
    return one.name().substring(one.name().lastIndexOf(" > ") + 1).replaceFirst("^> ", "");
  }
}
