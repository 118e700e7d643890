package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.checks.TestingOpenAi.Answer;
import dev.paddock.checks.TestingOpenAi.Call;
import dev.paddock.core.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command, with the embedded model and with another. */
@Tag("slow")
class ReceiptsTest {
  private static final Path ROOT = Program.root();
  private static final Path INPUTS = ROOT.resolve("examples/receipts/inputs");
  private static final List<String> COLUMNS =
      List.of("file", "vendor", "number", "date", "currency", "total", "check");

  @TempDir Path folder;

  @BeforeEach
  void needsABox() {
    assumeTrue(Machine.confines(), Machine.whyNot());
  }

  @Test
  void theFirstCommandFillsTheTableOffline() throws IOException {
    assumeTrue(Machine.hasModel(), Machine.noModel());
    Program program = new Program(folder);
    List<Map<String, String>> rows = run(program, List.of());
    Map<String, Map<String, String>> truth = truth();
    assertThat(rows).hasSameSizeAs(truth.keySet());
    int right = 0;
    for (Map<String, String> row : rows) {
      Map<String, String> want = truth.get(row.get("file"));
      assertThat(want).as(row.toString()).isNotNull();
      for (String column : COLUMNS.subList(1, 6)) {
        right += same(String.valueOf(row.get(column)), String.valueOf(want.get(column))) ? 1 : 0;
      }
      if (!java.util.Objects.equals(want.get("total"), row.get("total"))) {
        assertThat(row.get("check")).as("a wrong total of " + row.get("file")).contains("total");
      }
    }
    assertThat(right).isGreaterThanOrEqualTo(rows.size() * 5 * 90 / 100);
    List<String> events = program.run("sessions", "list", "--json").lines();
    assertThat(events).hasSize(1);
    String id = Json.tree(events.getFirst()).path("id").asText();
    assertThat(program.run("sessions", "verify", id).exit()).isZero();
    assertThat(program.run("sessions", "show", id, "--json").out())
        .contains("span.model_request_start", "agent.tool_use", "agent.tool_result");
  }

  @Test
  void anotherModelsInventedValueIsMarked() {
    Map<String, Map<String, String>> truth = truth();
    try (TestingOpenAi server = new TestingOpenAi(request -> answer(request, truth))) {
      Program program = new Program(folder).with("OPENAI_BASE_URL", server.url());
      List<Map<String, String>> rows = run(program, List.of("--model", "openai/scripted"));
      int ok = 0;
      for (Map<String, String> row : rows) {
        boolean invented = "order-4711.txt".equals(row.get("file"));
        if (invented) {
          assertThat(row.get("check")).contains("vendor", "not found in document");
        }
        ok += String.valueOf(row.get("check")).contains("not found") ? 0 : 1;
      }
      assertThat(ok).isEqualTo(rows.size() - 1);
    }
  }

  private List<Map<String, String>> run(Program program, List<String> more) {
    Path out = folder.resolve("out");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run", "examples/receipts", "--in", INPUTS.toString(), "--out", out.toString()));
    arguments.addAll(more);
    Program.Result result = program.run(arguments.toArray(String[]::new));
    assertThat(result.exit()).as(result.out() + result.err()).isZero();
    for (String file : List.of("expenses.csv", "summary.md", "summary.csv", "sources.json")) {
      assertThat(out.resolve(file)).isNotEmptyFile();
    }
    return csv(out.resolve("expenses.csv"), COLUMNS);
  }

  /** Calls what is open; answers an extraction with the truth, and once with an invented vendor. */
  private static Answer answer(JsonNode request, Map<String, Map<String, String>> truth) {
    JsonNode tools = request.path("tools");
    if (!tools.isEmpty()) {
      JsonNode function = tools.get(0).path("function");
      ObjectNode input = Json.object();
      function
          .path("parameters")
          .path("properties")
          .properties()
          .forEach(
              property -> {
                JsonNode fixed = property.getValue().path("const");
                if (!fixed.isMissingNode()) {
                  input.set(property.getKey(), fixed);
                }
              });
      return new Answer.Calls(List.of(new Call(function.path("name").asText(), input)));
    }
    JsonNode schema = request.path("response_format").path("json_schema").path("schema");
    if (schema.path("properties").has("summary")) {
      return new Answer.Text("{\"summary\": \"24 documents read\"}");
    }
    String last = request.path("messages").get(request.path("messages").size() - 1).toString();
    for (Map.Entry<String, Map<String, String>> document : truth.entrySet()) {
      if (last.contains(start(document.getKey()))) {
        ObjectNode values = Json.object();
        document
            .getValue()
            .forEach(
                (name, value) -> {
                  if (schema.path("properties").has(name)) {
                    values.put(name, value.isEmpty() ? null : value);
                  }
                });
        if (document.getKey().equals("order-4711.txt")) {
          values.put("vendor", "Invented Trading Company");
        }
        return new Answer.Text(Json.write(values));
      }
    }
    return new Answer.Failure(400);
  }

  /** The first line of a document with a few words, as it stands inside JSON. */
  private static String start(String file) {
    String line =
        read(INPUTS.resolve(file))
            .lines()
            .map(String::strip)
            .filter(text -> text.length() > 12)
            .findFirst()
            .orElseThrow();
    String json = Json.write(line.replaceAll("[ \\t]+", " "));
    return json.substring(1, json.length() - 1);
  }

  private static Map<String, Map<String, String>> truth() {
    Map<String, Map<String, String>> truth = new LinkedHashMap<>();
    for (Map<String, String> row :
        csv(ROOT.resolve("checks/data/receipts/example/truth.csv"), COLUMNS.subList(0, 6))) {
      truth.put(row.get("file"), row);
    }
    return truth;
  }

  private static List<Map<String, String>> csv(Path file, List<String> header) {
    List<String> lines = read(file).lines().toList();
    assertThat(lines.getFirst()).isEqualTo(String.join(",", header));
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = cells(line);
      assertThat(cells).as(line).hasSameSizeAs(header);
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < header.size(); i++) {
        row.put(header.get(i), cells.get(i));
      }
      rows.add(row);
    }
    return rows;
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }

  private static boolean same(String got, String want) {
    String a = got.toLowerCase(java.util.Locale.ROOT).replaceAll("\\W+", " ").strip();
    String b = want.toLowerCase(java.util.Locale.ROOT).replaceAll("\\W+", " ").strip();
    return a.equals(b)
        || (a.length() >= 6 && b.length() >= 6 && (a.startsWith(b) || b.startsWith(a)));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
