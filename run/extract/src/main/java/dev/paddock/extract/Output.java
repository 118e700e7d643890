package dev.paddock.extract;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files that rows are written to. */
final class Output {
  private Output() {}

  /**
   * RFC 4180: a header, then a line a row with {@code file}, the fields and {@code check}. Values
   * stand as printed, also those that begin with {@code =}: a table that changed them would no
   * longer be a copy. A spreadsheet should import the columns as text.
   */
  static byte[] csv(List<String> fields, List<Row> rows) {
    Stream<String> header =
        Stream.concat(Stream.concat(Stream.of("file"), fields.stream()), Stream.of("check"));
    StringBuilder out = new StringBuilder(line(header));
    for (Row row : rows) {
      Stream<String> values = row.values().values().stream().map(Value::plain);
      out.append(
          line(
              Stream.concat(Stream.concat(Stream.of(row.file()), values), Stream.of(row.check()))));
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String line(Stream<String> cells) {
    return cells.map(Output::cell).collect(Collectors.joining(",", "", "\r\n"));
  }

  private static String cell(String text) {
    boolean quoted = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
    return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }

  /**
   * {@code {file: {field: {text, start, end}}}} for every value that stands in its document; the
   * range is in Unicode code points from the start of the file, its end exclusive.
   */
  static byte[] sources(List<Row> rows, Documents documents) {
    ObjectNode sources = Json.object();
    for (Row row : rows) {
      ObjectNode fields = sources.putObject(row.file());
      DocumentText document = documents.texts().get(row.file());
      row.values()
          .forEach(
              (name, value) ->
                  value
                      .span()
                      .ifPresent(
                          span -> {
                            if (document != null) {
                              String text = document.text();
                              int start = text.codePointCount(0, span.start());
                              fields
                                  .putObject(name)
                                  .put("text", value.text())
                                  .put("start", start)
                                  .put(
                                      "end", start + text.codePointCount(span.start(), span.end()));
                            }
                          }));
    }
    return (sources.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
