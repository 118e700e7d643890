package dev.paddock.extract;

import dev.paddock.extract.Value.Mark;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses without a model: the only value there is, the one nearest another field's, or the most
 * frequent.
 */
final class Nearest {
  private Nearest() {}

  static Value choose(
      Field field, DocumentText document, List<Occurrence> occurrences, Map<String, Value> found) {
    if (occurrences.isEmpty()) {
      return Value.absent(
          field.required()
              ? new Mark.Failed("no %s found".formatted(field.name()))
              : new Mark.Ok());
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    occurrences.forEach(o -> counts.merge(o.plain(), 1, Integer::sum));
    Optional<Span> anchor = field.near().map(found::get).flatMap(Value::span);
    Optional<Occurrence> nearest =
        anchor.flatMap(
            at ->
                occurrences.stream()
                    .filter(o -> document.lineOf(o.span().start()) == document.lineOf(at.start()))
                    .min(Comparator.comparingInt(o -> distance(o.span(), at))));
    int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    Occurrence chosen =
        nearest.orElseGet(
            () ->
                occurrences.stream()
                    .filter(o -> counts.getOrDefault(o.plain(), 0) == most)
                    .findFirst()
                    .orElseThrow());
    boolean sure = counts.size() == 1 || nearest.isPresent();
    return new Value(
        document.slice(chosen.span()),
        chosen.plain(),
        Optional.of(chosen.span()),
        sure ? new Mark.Ok() : new Mark.Unsure("several kinds stand in the document"));
  }

  private static int distance(Span a, Span b) {
    return a.start() < b.start()
        ? Math.max(0, b.start() - a.end())
        : Math.max(0, a.start() - b.end());
  }
}
