package dev.paddock.extract;

import java.util.List;

/** Where a field's value may stand in a document. */
final class Candidates {
  /** A document with more places than that is no document of the kind. */
  private static final int MAX_PLACES = 3_000;

  private Candidates() {}

  static List<Occurrence> of(
      ExtractionSchema schema, Field field, Format format, DocumentText document) {
    return format.find(document).stream()
        .limit(MAX_PLACES)
        .flatMap(
            span -> {
              String text = DocumentText.squeeze(document.slice(span));
              return format.normalise(text).stream()
                  .filter(field.bounds()::allow)
                  .map(plain -> new Occurrence(span, text, plain));
            })
        .filter(
            occurrence ->
                field.not().stream()
                    .noneMatch(not -> not.matcher(new BoundedText(occurrence.text())).find()))
        .filter(occurrence -> !(format instanceof NameFormat && schema.isLabel(occurrence.text())))
        .toList();
  }
}
