package dev.paddock.inference;

import java.util.List;

/**
 * Where a copied value comes from.
 *
 * @param pointer JSON pointer of the value in the output
 * @param value as the output has it
 * @param spans every place in the given texts where it stands so, in their order; at least one
 */
public record Origin(String pointer, String value, List<SourceSpan> spans) {}
