package dev.paddock.extract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.WorkspaceFiles;
import dev.paddock.sandbox.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Documents with their true values, and a schema to find them by. */
final class TruthTable {
  private final Path documents;
  private final List<String> header;
  private final List<List<String>> rows;

  private TruthTable(Path documents, List<String> header, List<List<String>> rows) {
    this.documents = documents;
    this.header = header;
    this.rows = rows;
  }

  static TruthTable read(Path documents, Path truth) {
    try {
      List<List<String>> lines = Files.readAllLines(truth).stream().map(TruthTable::cells).toList();
      return new TruthTable(documents, lines.getFirst(), lines.subList(1, lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
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

  List<String> fields() {
    return header.subList(1, header.size());
  }

  List<String> files() {
    return rows.stream().map(List::getFirst).toList();
  }

  DocumentText document(String file) {
    try {
      return new DocumentText(Files.readString(documents.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Map<String, String> truth(String file) {
    List<String> row =
        rows.stream().filter(r -> r.getFirst().equals(file)).findFirst().orElseThrow();
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 1; i < header.size(); i++) {
      values.put(header.get(i), row.get(i));
    }
    return values;
  }

  /** The schema of an example's folder, with a share of its label phrases deleted at random. */
  static ExtractionSchema schema(Path folder, double deleted, long seed) {
    try (Workspace files = Workspace.open(folder, List.of())) {
      if (deleted == 0) {
        return SchemaFiles.load(files, "schema.json");
      }
      JsonNode schema = Json.read(files.read("schema.json", 1 << 20), JsonNode.class);
      delete(schema, deleted, new Random(seed));
      return SchemaFiles.load(new Replaced(files, Json.bytes(schema)), "schema.json");
    }
  }

  /** The files of a folder with another schema. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Replaced(WorkspaceFiles files, byte[] schema) implements WorkspaceFiles {
    @Override
    public List<String> glob(String pattern) {
      return files.glob(pattern);
    }

    @Override
    public byte[] read(String path, long maxBytes) {
      return path.equals("schema.json") ? schema : files.read(path, maxBytes);
    }

    @Override
    public void write(String path, byte[] bytes) {
      files.write(path, bytes);
    }
  }

  private static void delete(JsonNode node, double share, Random random) {
    for (JsonNode child : node) {
      delete(child, share, random);
    }
    if (node instanceof ObjectNode object && object.get("labels") instanceof ArrayNode labels) {
      ArrayNode kept = object.putArray("labels");
      labels.forEach(
          label -> {
            if (random.nextDouble() >= share) {
              kept.add(label);
            }
          });
    }
  }
}
