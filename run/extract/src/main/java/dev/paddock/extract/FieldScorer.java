package dev.paddock.extract;

import dev.paddock.extract.Ranking.Option;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ranks the possible values of one field by labels, likelihood and the schema's preferences. */
final class FieldScorer {
  /** Shorter identifiers are too common to be believed without a label. */
  private static final int SHORT_IDENTIFIER = 3;

  private final Field field;
  private final LabelMatcher labels;
  private final Weights weights;

  FieldScorer(Field field, ExtractionSchema schema) {
    this.field = field;
    this.labels = new LabelMatcher(schema.rolesFor(field));
    this.weights = Weights.of(field.format());
  }

  Field field() {
    return field;
  }

  /** How likely a candidate is by the model, before it is compared with others. */
  double likelihood(String text, Likelihoods inDocument, Likelihoods alone) {
    double likelihood =
        inDocument.of(field.name(), text) - weights.prior() * alone.of(field.name(), text);
    for (Field.Decoy decoy : field.decoys()) {
      if (decoy.question().isPresent()) {
        likelihood -= weights.contrast() * inDocument.of(decoy.name(), text);
      }
    }
    return likelihood;
  }

  Ranking rank(
      DocumentText document,
      List<Occurrence> occurrences,
      Likelihoods inDocument,
      Likelihoods alone) {
    Map<String, Double> likelihoods = new HashMap<>();
    for (Occurrence occurrence : occurrences) {
      likelihoods.computeIfAbsent(occurrence.text(), text -> likelihood(text, inDocument, alone));
    }
    double total = logSumExp(likelihoods.values());
    List<Span> spans = occurrences.stream().map(Occurrence::span).toList();
    Sums sums = sums(document, spans);
    List<Option> places = new ArrayList<>();
    for (Occurrence occurrence : occurrences) {
      double label = label(document, occurrence.span(), spans);
      if (isTooShort(occurrence, label)) {
        continue;
      }
      double likelihood = likelihoods.getOrDefault(occurrence.text(), 0.0) - total;
      boolean sum =
          sums.confirmed().contains(occurrence.span())
              && !sums.superseded().contains(occurrence.span());
      double score =
          weights.label() * label
              + Math.max(likelihood, weights.floor())
              + (sum ? Weights.SUM : 0)
              + preference(document, occurrence.span());
      places.add(new Option(occurrence, score, label, likelihood, sum));
    }
    return Ranking.of(places);
  }

  private boolean isTooShort(Occurrence occurrence, double label) {
    return field.format() instanceof IdentifierFormat
        && occurrence.text().length() < SHORT_IDENTIFIER
        && label <= 0.5;
  }

  /** What the words beside a place say: positive for the field, negative for another. */
  double label(DocumentText document, Span span, List<Span> spans) {
    return LabelMatcher.signed(strengths(document, span, spans), field.name());
  }

  /** What the words beside a value name: those of the likeliest place that names anything. */
  private Map<String, Double> strengths(DocumentText document, Span span, List<Span> spans) {
    for (LabelContexts.Context context : LabelContexts.of(document, field.format(), span, spans)) {
      Map<String, Double> strengths = new HashMap<>(labels.strengths(context.text()));
      if (field.format() instanceof NameFormat) {
        firstWord(document.slice(span))
            .forEach((role, strength) -> strengths.merge(role, strength, Math::max));
      }
      if (!strengths.isEmpty()) {
        strengths.replaceAll((role, strength) -> context.trust() * strength);
        return strengths;
      }
    }
    return Map.of();
  }

  /** A name may begin with a word that says whose it is, such as a title. */
  private Map<String, Double> firstWord(String name) {
    Map<String, Double> strengths = new HashMap<>(labels.strengths(name.split("\\s+", 2)[0]));
    strengths.remove(field.name());
    return strengths;
  }

  private Sums sums(DocumentText document, List<Span> spans) {
    return field.prefer().sum() && field.format() instanceof MoneyFormat money
        ? Sums.of(document, money, spans, span -> isSubtracted(document, span, spans))
        : Sums.NONE;
  }

  private boolean isSubtracted(DocumentText document, Span span, List<Span> spans) {
    Map<String, Double> strengths = strengths(document, span, spans);
    double most = strengths.values().stream().mapToDouble(d -> d).max().orElse(0);
    return field.decoys().stream()
        .filter(Field.Decoy::subtracted)
        .anyMatch(decoy -> most > 0 && strengths.getOrDefault(decoy.name(), 0.0) == most);
  }

  private double preference(DocumentText document, Span span) {
    double preference = 0;
    if (field.prefer().wholeSegment() && NameFormat.fillsSegment(document, span)) {
      preference += Weights.WHOLE_SEGMENT;
    }
    if (field.prefer().start()) {
      double before = document.filledLinesBefore(span.start());
      preference += Weights.START * Math.max(0, 1 - before / 3);
    }
    return preference;
  }

  private static double logSumExp(Iterable<Double> values) {
    double most = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      most = Math.max(most, value);
    }
    double sum = 0;
    for (double value : values) {
      sum += Math.exp(value - most);
    }
    return most + Math.log(sum);
  }
}
