package dev.paddock.extract;

/**
 * A place where a field's value may stand.
 *
 * @param text as printed, blanks squeezed
 * @param plain in the field's plain form
 */
record Occurrence(Span span, String text, String plain) {}
