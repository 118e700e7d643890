package dev.paddock.extract;

import dev.paddock.extract.Value.Mark;
import java.util.Optional;

/** Decides whether the best value of a field can be relied on. */
final class Marks {
  private static final double LEAD = 2;
  private static final double NAME_LEAD = 3;
  private static final Mark OK = new Mark.Ok();

  private Marks() {}

  static Mark of(Field field, Ranking ranking) {
    Place top = ranking.top().place();
    double needed = field.format() instanceof NameFormat ? NAME_LEAD : LEAD;
    if (ranking.lead() < needed && ranking.rival().isPresent()) {
      String rival = ranking.rival().get().place().occurrence().text();
      return new Mark.Unsure("\"%s\" is nearly as likely".formatted(rival));
    }
    Optional<String> doubt = top.doubt();
    if (doubt.isPresent()) {
      return new Mark.Unsure(doubt.get());
    }
    boolean labelled = top.label() > 0;
    boolean enough =
        switch (field.format()) {
          case MoneyFormat money ->
              signs(ranking) >= 2 && (top.sum() || !ranking.rivalIsLabelled());
          case IdentifierFormat identifier -> labelled;
          case DateFormat date -> true;
          case NameFormat name -> true;
          case PatternFormat pattern -> signs(ranking) >= 1;
          case ChoiceFormat choice -> signs(ranking) >= 1;
        };
    return enough ? OK : new Mark.Unsure("too little speaks for it");
  }

  private static int signs(Ranking ranking) {
    Place top = ranking.top().place();
    return (top.label() > 0 ? 1 : 0) + (ranking.modelAgrees() ? 1 : 0) + (top.sum() ? 1 : 0);
  }

  /**
   * @param lead by how much the model prefers that there is none
   */
  static Mark ofAbsent(double lead) {
    return lead > LEAD ? OK : new Mark.Unsure("perhaps there is one");
  }
}
