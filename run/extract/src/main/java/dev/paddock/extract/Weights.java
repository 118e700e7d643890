package dev.paddock.extract;

/**
 * How much each sign counts for a candidate of a format.
 *
 * @param label of the label's strength
 * @param prior of the likelihood without any document, taken off
 * @param contrast of the likelihood as a decoy, taken off
 * @param floor the least that a likelihood can take off, relative to all candidates together
 */
record Weights(double label, double prior, double contrast, double floor) {
  static final double SUM = 2;
  static final double WHOLE_SEGMENT = 3;
  static final double START = 1;

  /** What a missing value must lead by. */
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
