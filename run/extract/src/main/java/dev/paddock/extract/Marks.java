package dev.paddock.extract;

import dev.paddock.extract.Value.Mark;

/** Decides whether the best value of a field can be relied on. */
final class Marks {
  private static final double LEAD = 2;
  private static final double NAME_LEAD = 3;
  private static final Mark OK = new Mark.Ok();

  private Marks() {}

  static Mark of(Field field, Ranking ranking) {
    boolean labelled = ranking.top().place().label() > 0;
    int signs =
        (labelled ? 1 : 0)
            + (ranking.modelAgrees() ? 1 : 0)
            + (ranking.top().place().sum() ? 1 : 0);
    boolean enough =
        switch (field.format()) {
          case MoneyFormat money -> signs >= 2;
          case IdentifierFormat identifier -> labelled;
          case DateFormat date -> true;
          case NameFormat name -> true;
          case PatternFormat pattern -> signs >= 1;
          case ChoiceFormat choice -> signs >= 1;
        };
    double needed = field.format() instanceof NameFormat ? NAME_LEAD : LEAD;
    if (ranking.lead() < needed) {
      return new Mark.Unsure(
          ranking
              .rival()
              .map(
                  rival ->
                      "\"%s\" is nearly as likely".formatted(rival.place().occurrence().text()))
              .orElse("too little speaks for it"));
    }
    return enough ? OK : new Mark.Unsure("too little speaks for it");
  }

  /**
   * @param lead by how much the model prefers that there is none
   */
  static Mark ofAbsent(double lead) {
    return lead > LEAD ? OK : new Mark.Unsure("perhaps there is one");
  }
}
