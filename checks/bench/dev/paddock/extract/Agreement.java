package dev.paddock.extract;

import dev.paddock.extract.Value.Mark;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Counts, field by field, how often values agree with the truth: names folded and by prefix,
 * numbers folded, dates, amounts and choices exactly.
 */
final class Agreement {
  private static final int SHORTEST_PREFIX = 6;

  private final Map<String, Counts> fields = new LinkedHashMap<>();

  /** What became of one field over all documents. */
  static final class Counts {
    int right;
    int documents;
    int markedOk;
    int wrongMarkedOk;
  }

  Agreement(List<String> fields) {
    fields.forEach(field -> this.fields.put(field, new Counts()));
  }

  Counts of(String field) {
    return fields.getOrDefault(field, new Counts());
  }

  void add(ExtractionSchema schema, Row row, Map<String, String> truth) {
    fields.forEach(
        (name, counts) -> {
          Value value = Extractor.value(row.values(), name);
          boolean right =
              same(
                  schema.field(name).orElseThrow().format(),
                  value.plain(),
                  truth.getOrDefault(name, ""));
          boolean ok = value.mark() instanceof Mark.Ok;
          counts.documents++;
          counts.right += right ? 1 : 0;
          counts.markedOk += ok ? 1 : 0;
          counts.wrongMarkedOk += ok && !right ? 1 : 0;
        });
  }

  static boolean same(Format format, String found, String truth) {
    return switch (format) {
      case NameFormat name -> sameName(folded(found), folded(truth));
      case IdentifierFormat identifier -> folded(found).equals(folded(truth));
      case PatternFormat pattern -> folded(found).equals(folded(truth));
      case MoneyFormat money -> found.equals(truth);
      case DateFormat date -> found.equals(truth);
      case ChoiceFormat choice -> found.equals(truth);
    };
  }

  private static boolean sameName(String found, String truth) {
    return found.equals(truth)
        || (found.length() >= SHORTEST_PREFIX
            && !truth.isEmpty()
            && (found.startsWith(truth) || truth.startsWith(found)));
  }

  private static String folded(String text) {
    return text.toLowerCase(Locale.ROOT).replace("ß", "ss").replaceAll("(?U)[^\\w]+", " ").strip();
  }

  int right() {
    return fields.values().stream().mapToInt(c -> c.right).sum();
  }

  int asked() {
    return fields.values().stream().mapToInt(c -> c.documents).sum();
  }

  String table() {
    StringBuilder table = new StringBuilder();
    fields.forEach(
        (field, counts) ->
            table.append(
                "  %-12s %4d of %4d right, %4d marked ok of which %d wrong%n"
                    .formatted(
                        field,
                        counts.right,
                        counts.documents,
                        counts.markedOk,
                        counts.wrongMarkedOk)));
    return table
        .append(
            "  %-12s %4d of %4d = %.1f %%%n"
                .formatted("all", right(), asked(), 100.0 * right() / asked()))
        .toString();
  }
}
