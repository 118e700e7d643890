package dev.paddock.extract;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.WorkspaceFiles;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a schema and its worked examples out of a workspace. */
final class SchemaFiles {
  private static final long MAX_SCHEMA = 1 << 20;
  private static final int MAX_EXAMPLES = 50;

  private SchemaFiles() {}

  /** An error names the file and the place in it. */
  static ExtractionSchema load(WorkspaceFiles files, String path) {
    SchemaReader.Read read = inFile(path, () -> SchemaReader.read(json(files, path)));
    Optional<String> examples = read.examples().map(folder -> beside(path, folder));
    return examples.isEmpty()
        ? read.schema()
        : read.schema().withExamples(examples(files, examples.get()));
  }

  private static List<WorkedExample> examples(WorkspaceFiles files, String folder) {
    List<String> paths = files.glob(folder + "/*.json");
    if (paths.isEmpty() || paths.size() > MAX_EXAMPLES) {
      throw ExtractException.invalid(
          "%s: holds %d worked examples (*.json); there must be 1 to %d"
              .formatted(folder, paths.size(), MAX_EXAMPLES));
    }
    List<WorkedExample> examples = new ArrayList<>();
    for (String path : paths) {
      String text = path.substring(0, path.length() - ".json".length()) + ".txt";
      examples.add(
          inFile(path, () -> WorkedExample.read(path, text(files, text), json(files, path))));
    }
    return examples;
  }

  private static String beside(String path, String name) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? name : path.substring(0, slash + 1) + name;
  }

  private static JsonNode json(WorkspaceFiles files, String path) {
    return Json.tree(text(files, path));
  }

  private static String text(WorkspaceFiles files, String path) {
    return new String(files.read(path, MAX_SCHEMA), StandardCharsets.UTF_8);
  }

  private interface Reading<T> {
    T read();
  }

  private static <T> T inFile(String path, Reading<T> reading) {
    try {
      return reading.read();
    } catch (ExtractException e) {
      throw new ExtractException(e.code(), path + ": " + e.getMessage());
    } catch (CoreException e) {
      throw new ExtractException(ErrorCode.INVALID_REQUEST, path + ": " + e.getMessage());
    }
  }
}
