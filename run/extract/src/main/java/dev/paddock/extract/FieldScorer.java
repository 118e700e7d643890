package dev.paddock.extract;

import dev.paddock.extract.Ranking.Option;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Ranks the possible values of one field by labels, likelihood and the schema's preferences. */
final class FieldScorer {
  /** Shorter identifiers are too common to be believed without a label. */
  private static final int SHORT_IDENTIFIER = 3;

  private static final double WEAK_LABEL = 0.5;
  private static final int MAX_ASKED = 20;
  private static final int MIN_ASKED = 3;

  /** Candidates further behind cannot win, nor come near, whatever the model says. */
  private static final double HOPELESS = 6.5;

  private final Field field;
  private final LabelMatcher labels;
  private final LabelMatcher inside;
  private final Weights weights;

  FieldScorer(Field field, ExtractionSchema schema) {
    this.field = field;
    this.labels = new LabelMatcher(schema.rolesFor(field));
    this.inside = new LabelMatcher(Map.of(field.name(), field.inside()));
    this.weights = Weights.of(field.format());
  }

  Field field() {
    return field;
  }

  /** Judges every place by labels and preferences alone. */
  List<Place> places(DocumentText document, List<Occurrence> occurrences) {
    List<Span> spans = occurrences.stream().map(Occurrence::span).toList();
    Optional<Amounts> amounts =
        field.prefer().sum()
            ? Optional.of(new Amounts(document, occurrences, span -> effect(document, span, spans)))
            : Optional.empty();
    List<Place> places = new ArrayList<>();
    for (Occurrence occurrence : occurrences) {
      double label = label(document, occurrence.span(), spans);
      if (!isTooShort(occurrence, label)) {
        double preference = preference(document, occurrence);
        int sign = amounts.map(a -> a.sign(occurrence.plain())).orElse(0);
        places.add(
            new Place(
                occurrence,
                label,
                amounts,
                weights.label() * label + Weights.SUM * sign + preference));
      }
    }
    return places;
  }

  /** The texts worth asking a model about. */
  Set<String> shortlist(List<Place> places) {
    double best = places.stream().mapToDouble(Place::score).max().orElse(0);
    boolean bounded = Double.isFinite(weights.floor());
    Set<String> texts = new LinkedHashSet<>();
    places.stream()
        .sorted(Comparator.comparingDouble((Place place) -> -place.score()))
        .forEach(
            place -> {
              boolean hopeful = !bounded || place.score() >= best - HOPELESS;
              if (texts.size() < MIN_ASKED || (hopeful && texts.size() < MAX_ASKED)) {
                texts.add(place.occurrence().text());
              }
            });
    return texts;
  }

  /** How likely a text is by the model, before it is compared with others. */
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

  Ranking rank(List<Place> places, Likelihoods inDocument, Likelihoods alone) {
    Set<String> asked = shortlist(places);
    Map<String, Double> likelihoods = new HashMap<>();
    asked.forEach(text -> likelihoods.put(text, likelihood(text, inDocument, alone)));
    double total = logSumExp(likelihoods.values());
    List<Option> options = new ArrayList<>();
    for (Place place : places) {
      if (asked.contains(place.occurrence().text())) {
        double likelihood = likelihoods.getOrDefault(place.occurrence().text(), 0.0) - total;
        options.add(
            new Option(place, likelihood, place.score() + Math.max(likelihood, weights.floor())));
      }
    }
    return Ranking.of(options);
  }

  private boolean isTooShort(Occurrence occurrence, double label) {
    return field.format() instanceof IdentifierFormat
        && occurrence.text().length() < SHORT_IDENTIFIER
        && label <= WEAK_LABEL;
  }

  /** What the words beside a place say: positive for the field, negative for another. */
  double label(DocumentText document, Span span, List<Span> spans) {
    return LabelMatcher.signed(strengths(document, span, spans), field.name());
  }

  /** What the words beside a value name: those of the likeliest place that names anything. */
  private Map<String, Double> strengths(DocumentText document, Span span, List<Span> spans) {
    for (LabelContexts.Context context : LabelContexts.of(document, field.format(), span, spans)) {
      Map<String, Double> strengths = new HashMap<>(labels.strengths(context));
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

  /** That of the decoy which the words beside a value name more strongly than anything else. */
  private Optional<Field.Effect> effect(DocumentText document, Span span, List<Span> spans) {
    return strengths(document, span, spans).entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .flatMap(
            strongest ->
                field.decoys().stream()
                    .filter(decoy -> decoy.name().equals(strongest.getKey()))
                    .findFirst())
        .map(Field.Decoy::effect);
  }

  private double preference(DocumentText document, Occurrence occurrence) {
    double preference = 0;
    if (field.prefer().wholeSegment() && NameFormat.fillsSegment(document, occurrence.span())) {
      preference += Weights.WHOLE_SEGMENT;
    }
    if (field.prefer().start()) {
      preference +=
          Weights.START * Math.pow(0.5, document.filledLinesBefore(occurrence.span().start()));
    }
    double own = inside.strongest(occurrence.text()).orElse(0);
    return preference + Weights.INSIDE * own;
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
