package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.checks.TestingOpenAi.Answer;
import dev.paddock.checks.TestingOpenAi.Call;
import dev.paddock.core.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each example does what its README says, with the models it names. */
@Tag("slow")
class ExamplesTest {
  @TempDir Path folder;

  @BeforeEach
  void needsABox() {
    assumeTrue(Machine.confines(), Machine.whyNot());
  }

  private static String example(String name) {
    return Program.root().resolve("examples").resolve(name).toString();
  }

  private static String inputs(String name) {
    return Program.root().resolve("examples").resolve(name).resolve("inputs").toString();
  }

  private Path out() {
    return folder.resolve("out");
  }

  private static void done(Program.Result result) {
    assertThat(result.exit()).as(result.out() + result.err()).isZero();
  }

  @Test
  void jobPostingsBecomeATable() throws IOException {
    assumeTrue(Machine.hasModel(), Machine.noModel());
    Program program = new Program(folder);
    done(program.run("run", example("jobs"), "--in", inputs("jobs"), "--out", out().toString()));
    long documents;
    try (Stream<Path> files = Files.list(Path.of(inputs("jobs")))) {
      documents = files.count();
    }
    assertThat(Files.readAllLines(out().resolve("jobs.csv"))).hasSizeGreaterThan((int) documents);
    JsonNode sources = Json.tree(Files.readString(out().resolve("sources.json")));
    assertThat(sources.size()).isEqualTo((int) documents);
    sources
        .properties()
        .forEach(
            file ->
                file.getValue()
                    .properties()
                    .forEach(value -> copied(file.getKey(), value.getValue())));
  }

  /** A value's place holds the value. */
  private static void copied(String file, JsonNode value) {
    String document;
    try {
      document = Files.readString(Path.of(inputs("jobs"), file));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    int from = document.offsetByCodePoints(0, value.path("start").asInt());
    int to = document.offsetByCodePoints(0, value.path("end").asInt());
    assertThat(document.substring(from, to)).isEqualTo(value.path("text").asText());
  }

  @Test
  void logsAreTriagedByTheEmbeddedModel() throws IOException {
    assumeTrue(Machine.hasModel(), Machine.noModel());
    Program.Result result =
        new Program(folder)
            .run(
                "run",
                example("log-triage"),
                "--in",
                inputs("log-triage"),
                "--out",
                out().toString());
    done(result);
    assertThat(Files.readString(out().resolve("triage.md")))
        .contains("did not return within 30000 ms");
    assertThat(Files.readAllLines(out().resolve("groups.csv")).getFirst())
        .isEqualTo("kind,count,first,last,where");
  }

  @Test
  void aTableBecomesAReportWithAChart() throws IOException {
    assumeTrue(Machine.hasModel(), Machine.noModel());
    Program.Result result =
        new Program(folder)
            .run("run", example("report"), "--in", inputs("report"), "--out", out().toString());
    done(result);
    assertThat(Files.readString(out().resolve("report.md"))).contains("![", "chart.svg");
    assertThat(Files.readString(out().resolve("chart.svg"))).startsWith("<svg ").contains("</svg>");
  }

  @Test
  void aCodebaseIsExploredWithPlaces() {
    try (TestingOpenAi server = new TestingOpenAi(ExamplesTest::explore)) {
      Program.Result result =
          new Program(folder)
              .with("OPENAI_BASE_URL", server.url())
              .run(
                  "run",
                  example("explorer"),
                  "Where does the triage script begin?",
                  "--in",
                  example("log-triage"),
                  "--model",
                  "openai/scripted");
      done(result);
      assertThat(result.out()).contains("triage.sh:1");
      JsonNode last = server.requests().getLast();
      assertThat(last.path("messages").toString()).contains("#!/bin/sh");
      assertThat(last.path("tools").toString()).contains("\"grep\"").doesNotContain("\"bash\"");
    }
  }

  private static Answer explore(JsonNode request) {
    return switch (TestingOpenAi.results(request)) {
      case 0 ->
          new Answer.Calls(
              List.of(
                  new Call("glob", Json.object().put("pattern", "**/*.sh")),
                  new Call("grep", Json.object().put("pattern", "#!/bin/sh"))));
      default -> new Answer.Text("It begins at triage.sh:1.");
    };
  }

  @Test
  void theAssistantWorksWithItsTools() throws IOException {
    try (TestingOpenAi server = new TestingOpenAi(ExamplesTest::assist)) {
      Program.Result result =
          new Program(folder)
              .with("OPENAI_BASE_URL", server.url())
              .run(
                  "run",
                  "assistant",
                  "Count to three.",
                  "--model",
                  "openai/scripted",
                  "--out",
                  out().toString());
      done(result);
      assertThat(Files.readString(out().resolve("count.txt"))).isEqualTo("1\n2\n3\n");
    }
  }

  private static Answer assist(JsonNode request) {
    boolean called = request.path("messages").toString().contains("\"tool\"");
    return called
        ? new Answer.Text("Counted.")
        : new Answer.Calls(
            List.of(
                new Call(
                    "bash",
                    Json.object()
                        .put("command", "mkdir -p outputs && seq 3 > outputs/count.txt"))));
  }
}
