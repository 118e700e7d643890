package dev.paddock.extract;

/**
 * A place where a value may stand, judged without a model.
 *
 * @param label what the words beside it say: positive for the field, negative for another
 * @param sum other amounts add up to it and no later sum is reached from it
 * @param reduced something is taken off after it
 * @param score what labels and preferences count together
 */
record Place(Occurrence occurrence, double label, boolean sum, boolean reduced, double score) {}
