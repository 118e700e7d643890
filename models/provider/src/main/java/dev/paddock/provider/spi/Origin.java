package dev.paddock.provider.spi;

import java.util.List;

/**
 * Where a value comes from that the model copied out of a text of the request ({@code
 * x-paddock-source}).
 *
 * @param pointer JSON pointer of the value in the answer, or in the input of the turn's call
 * @param value as the answer has it
 * @param spans every place in the request's texts where it stands so, in their order; at least one
 */
public record Origin(String pointer, String value, List<Span> spans) {
  public Origin {
    spans = List.copyOf(spans);
  }

  /**
   * A place in a text.
   *
   * @param source the text's name: {@code user} is all that the user said in the request, {@code
   *     tools} all results, one text and a line end after the other
   * @param start offset of the first {@code char}, as in {@link String#substring(int, int)}
   * @param end offset after the last {@code char}
   */
  public record Span(String source, int start, int end) {}
}
