package dev.paddock.extract;

/**
 * How much each sign counts for a candidate of a format, in nats of log-likelihood.
 *
 * @param label of the strength of the label beside it
 * @param prior of the likelihood without any document, taken off
 * @param contrast of the likelihood as a decoy, taken off
 * @param floor the least that the likelihood counts, relative to all candidates together
 */
record Weights(double label, double prior, double contrast, double floor) {
  /** Other amounts add up to it. */
  static final double SUM = 2;

  /** A name is all that its segment of the line holds. */
  static final double WHOLE_SEGMENT = 3;

  /** On the first line with text, half as much on each further one. */
  static final double START = 3;

  /** A label stands in the value itself. */
  static final double INSIDE = 3;

  /** How much less likely a value without a label may be than that there is none. */
  static final double ABSENT = 1;

  private static final Weights VALUE = new Weights(6, 0.5, 0.25, -4);
  private static final Weights NAME = new Weights(4, 0, 0, Double.NEGATIVE_INFINITY);

  static Weights of(Format format) {
    return switch (format) {
      case NameFormat name -> NAME;
      case MoneyFormat money -> VALUE;
      case DateFormat date -> VALUE;
      case IdentifierFormat identifier -> VALUE;
      case PatternFormat pattern -> VALUE;
      case ChoiceFormat choice -> VALUE;
    };
  }
}
