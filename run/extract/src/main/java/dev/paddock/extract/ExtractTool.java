package dev.paddock.extract;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.spi.Tool;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.core.spi.WorkspaceFiles;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelDescription.Capability;
import java.util.List;

/**
 * The {@code extract} tool: documents and a schema in, a table out, with a note of the place that
 * each value was copied from.
 */
public final class ExtractTool implements Tool {
  private static final int REMOTE_PARALLEL = 4;
  private static final int MAX_LISTED = 40;

  private static final ToolDefinition DEFINITION =
      new ToolDefinition(
          "extract",
          """
          Copies the values that a JSON Schema asks for out of many text documents into a CSV table, \
          one row a document. Every value is copied from its document; the column "check" says ok \
          or names what is unsure or missing.""",
          input(),
          false);

  private final WorkspaceFiles files;
  private final Model model;

  public ExtractTool(WorkspaceFiles files, Model model) {
    this.files = files;
    this.model = model;
  }

  private static ObjectNode input() {
    ObjectNode schema = Json.object().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    // in this order always: the log has a digest of what a model is asked
    text(properties, "files", "glob of the documents, such as invoices/**/*.txt");
    text(properties, "schema", "path of the JSON Schema");
    text(properties, "output", "path of the CSV file to write");
    text(properties, "sources", "path of the JSON file to write the places of the values to");
    schema.putArray("required").add("files").add("schema").add("output").add("sources");
    return schema.put("additionalProperties", false);
  }

  private static void text(ObjectNode properties, String name, String description) {
    properties.putObject(name).put("type", "string").put("description", description);
  }

  @Override
  public ToolDefinition definition() {
    return DEFINITION;
  }

  @Override
  public ToolResult run(ToolInvocation invocation) throws InterruptedException {
    try {
      StrictObject input = StrictObject.of(invocation.input(), "");
      String glob = required(input, "files");
      String schemaPath = required(input, "schema");
      String output = required(input, "output");
      String sources = required(input, "sources");
      input.done();

      ExtractionSchema schema = SchemaFiles.load(files, schemaPath);
      Documents documents = Documents.read(files, glob);
      if (documents.texts().isEmpty()) {
        return ToolResult.error("no document matches \"" + glob + "\"" + skipped(documents));
      }
      List<Row> rows = Rows.of(extractor(schema), schema, documents, invocation.progress());
      files.write(output, Output.csv(schema.fields().stream().map(Field::name).toList(), rows));
      files.write(sources, Output.sources(rows, documents));
      return ToolResult.ok(
          report(rows) + "\nWritten: %s, %s".formatted(output, sources) + skipped(documents));
    } catch (PaddockException e) {
      return ToolResult.error(e.getMessage());
    }
  }

  private static String required(StrictObject input, String name) {
    return input
        .text(name)
        .orElseThrow(() -> StrictObject.error(input.pointer(name), "is missing"));
  }

  private Extractor extractor(ExtractionSchema schema) {
    int parallel = model.description().can(Capability.LOCAL) ? 1 : REMOTE_PARALLEL;
    return model
        .scorer()
        .<Extractor>map(
            scorer -> new ScoringExtractor(schema, scorer, model.description().contextTokens()))
        .orElseGet(() -> new SchemaExtractor(schema, model, parallel));
  }

  private static String report(List<Row> rows) {
    List<Row> marked = rows.stream().filter(row -> !row.ok()).toList();
    StringBuilder text =
        new StringBuilder(
            "%d documents, %d ok, %d marked"
                .formatted(rows.size(), rows.size() - marked.size(), marked.size()));
    marked.stream()
        .limit(MAX_LISTED)
        .forEach(row -> text.append("\n- %s: %s".formatted(row.file(), row.check())));
    if (marked.size() > MAX_LISTED) {
      text.append("\n- and %d more".formatted(marked.size() - MAX_LISTED));
    }
    return text.toString();
  }

  private static String skipped(Documents documents) {
    StringBuilder text = new StringBuilder();
    documents.skipped().entrySet().stream()
        .limit(MAX_LISTED)
        .forEach(e -> text.append("\nSkipped %s: %s".formatted(e.getKey(), e.getValue())));
    if (documents.skipped().size() > MAX_LISTED) {
      text.append("\nSkipped %d more".formatted(documents.skipped().size() - MAX_LISTED));
    }
    return text.toString();
  }
}
