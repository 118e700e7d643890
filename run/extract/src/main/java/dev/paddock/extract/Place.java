package dev.paddock.extract;

import java.util.Optional;

/**
 * A place where a value may stand, judged without a model.
 *
 * @param label what the words beside it say: positive for the field, negative for another
 * @param sum other amounts add up to it and no later sum is reached from it
 * @param doubt why other amounts speak against it
 * @param score what labels and preferences count together
 */
record Place(
    Occurrence occurrence, double label, boolean sum, Optional<String> doubt, double score) {}
