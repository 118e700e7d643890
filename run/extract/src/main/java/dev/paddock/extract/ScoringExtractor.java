package dev.paddock.extract;

import dev.paddock.core.ErrorCode;
import dev.paddock.extract.ExtractionSchema.Question;
import dev.paddock.extract.Value.Mark;
import dev.paddock.provider.spi.Scorer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds values with a model that scores given texts: every candidate is copied from the document,
 * the model only says how likely each is, so nothing can be invented.
 */
final class ScoringExtractor implements Extractor {
  /** No text has more. */
  private static final int CHARACTERS_PER_TOKEN = 6;

  private final ExtractionSchema schema;
  private final Scorer scorer;
  private final List<FieldScorer> fields;
  private final String prompt;
  private final long maxCharacters;

  /**
   * @param contextTokens what the model reads at once
   */
  ScoringExtractor(ExtractionSchema schema, Scorer scorer, long contextTokens) {
    this.maxCharacters = contextTokens * CHARACTERS_PER_TOKEN;
    this.schema = schema;
    this.scorer = scorer;
    this.fields =
        schema.inOrderOfNeed().stream().map(field -> new FieldScorer(field, schema)).toList();
    this.prompt = schema.prompt();
  }

  @Override
  public int parallel() {
    return 1;
  }

  @Override
  public Row extract(String file, DocumentText document) throws InterruptedException {
    if (document.text().length() > maxCharacters) {
      throw new ExtractException(
          ErrorCode.LIMIT_EXCEEDED,
          "%d characters are more than the model reads at once"
              .formatted(document.text().length()));
    }
    Map<Question, Set<String>> inDocument = new LinkedHashMap<>();
    Map<Question, Set<String>> alone = new LinkedHashMap<>();
    for (FieldScorer field : fields) {
      collect(field, document, inDocument, alone);
    }
    Likelihoods read =
        Likelihoods.ask(
            scorer, List.of(prompt, ExtractionSchema.documentPrompt(document.text())), inDocument);
    Likelihoods unread =
        Likelihoods.ask(scorer, List.of(prompt, ExtractionSchema.documentPrompt("N/A")), alone);

    Map<String, Value> found = new HashMap<>();
    for (FieldScorer field : fields) {
      found.put(field.field().name(), choose(field, document, read, unread, found));
    }
    return Extractor.row(file, schema, found);
  }

  private void collect(
      FieldScorer scorer,
      DocumentText document,
      Map<Question, Set<String>> inDocument,
      Map<Question, Set<String>> alone) {
    Field field = scorer.field();
    if (field.question().isEmpty()) {
      return;
    }
    Set<String> texts =
        scorer.shortlist(
            scorer.places(document, Candidates.of(schema, field, field.format(), document)));
    if (!field.required() && !texts.isEmpty()) {
      texts.add(schema.absent());
    }
    if (texts.size() < 2) {
      return;
    }
    Weights weights = Weights.of(field.format());
    Question question = new Question(field.name(), field.question().get());
    inDocument.put(question, texts);
    if (weights.prior() > 0) {
      alone.put(question, texts);
    }
    for (Field.Decoy decoy : field.decoys()) {
      if (decoy.question().isPresent() && weights.contrast() > 0) {
        inDocument.put(new Question(decoy.name(), decoy.question().get()), texts);
      }
    }
  }

  private Value choose(
      FieldScorer scorer,
      DocumentText document,
      Likelihoods read,
      Likelihoods unread,
      Map<String, Value> found) {
    Field field = scorer.field();
    Format format = Extractor.formatIn(field, document, found);
    List<Occurrence> occurrences =
        Candidates.of(schema, field, format, document).stream()
            .filter(
                o ->
                    field.distinct().stream()
                        .noneMatch(d -> Extractor.value(found, d).plain().equals(o.plain())))
            .toList();
    if (field.question().isEmpty()) {
      return Nearest.choose(field, document, occurrences, found);
    }
    Ranking ranking = scorer.rank(scorer.places(document, occurrences), read, unread);
    if (ranking.options().isEmpty()) {
      return Value.absent(
          field.required()
              ? new Mark.Failed("no %s found".formatted(field.format().name()))
              : new Mark.Ok());
    }
    if (!field.required()) {
      Place top = ranking.top().place();
      double lead =
          scorer.likelihood(schema.absent(), read, unread)
              - scorer.likelihood(top.occurrence().text(), read, unread)
              + Weights.ABSENT;
      if (top.label() < 0 || (top.label() == 0 && lead > 0)) {
        return Value.absent(Marks.ofAbsent(lead));
      }
    }
    Occurrence best = ranking.top().place().occurrence();
    return new Value(
        document.slice(best.span()),
        best.plain(),
        Optional.of(best.span()),
        Marks.of(field, ranking));
  }
}
