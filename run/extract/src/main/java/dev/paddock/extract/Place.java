package dev.paddock.extract;

import java.util.Optional;

/**
 * A place where a value may stand, judged without a model.
 *
 * @param label what the words beside it say: positive for the field, negative for another
 * @param amounts of the document, where the value is one of them and may be their sum
 * @param score what labels and preferences count together
 */
record Place(Occurrence occurrence, double label, Optional<Amounts> amounts, double score) {

  /** Other amounts add up to it and no later sum is reached from it. */
  boolean sum() {
    return amounts.map(all -> all.isSum(occurrence.plain())).orElse(false);
  }

  /** Why other amounts speak against it. */
  Optional<String> doubt() {
    return amounts.flatMap(all -> all.doubt(occurrence.plain()));
  }
}
