package dev.paddock.extract;

import dev.paddock.extract.Value.Mark;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Finds a schema's values in documents; safe for as many threads as {@link #parallel()} says. */
interface Extractor {
  Row extract(String file, DocumentText document) throws InterruptedException;

  /** How many documents may be worked on at once. */
  int parallel();

  static Value value(Map<String, Value> found, String field) {
    return Optional.ofNullable(found.get(field)).orElseGet(() -> Value.absent(new Mark.Ok()));
  }

  /** The row of a document: every field of the schema, in its order. */
  static Row row(String file, ExtractionSchema schema, Map<String, Value> found) {
    Map<String, Value> inOrder = new LinkedHashMap<>();
    schema.fields().forEach(f -> inOrder.put(f.name(), value(found, f.name())));
    return new Row(file, inOrder);
  }

  /** How a field's values read in this document, given the fields found before. */
  static Format formatIn(Field field, DocumentText document, Map<String, Value> found) {
    return switch (field.format()) {
      case DateFormat date ->
          field.order().map(order -> order.format(value(found, order.by()).plain())).orElse(date);
      case ChoiceFormat choice -> choice.in(document);
      case IdentifierFormat identifier -> identifier;
      case MoneyFormat money -> money;
      case NameFormat name -> name;
      case PatternFormat pattern -> pattern;
    };
  }
}
