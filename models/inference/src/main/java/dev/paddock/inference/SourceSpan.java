package dev.paddock.inference;

/**
 * Where in a source text a copied value stands.
 *
 * @param start offset of the first {@code char}, as in {@link String#substring(int, int)}
 * @param end offset after the last {@code char}
 */
public record SourceSpan(String source, int start, int end) {}
