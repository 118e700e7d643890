package dev.paddock.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelMatcherTest {
  private static List<Label> labels(String... written) {
    return List.of(written).stream().map(Label::parse).toList();
  }

  private static final LabelMatcher MATCHER =
      new LabelMatcher(
          Map.of(
              "total", labels("Total", "*summe", "Gesamt*", "Montant?"),
              "net", labels("Total HT", "Netto")));

  private static double signed(String left) {
    return LabelMatcher.signed(MATCHER.strengths(left), "total");
  }

  @Test
  void theLongestLabelWins() {
    assertThat(signed("Total ")).isPositive();
    assertThat(signed("Total HT ")).isNegative();
  }

  @Test
  void caseAccentsAndCompoundsDoNotMatter() {
    LabelMatcher matcher = new LabelMatcher(Map.of("number", labels("Facture n°", "Gebühr")));
    assertThat(matcher.strengths("FACTURE No")).containsKey("number");
    assertThat(matcher.strengths("gebuhr")).containsKey("number");
    assertThat(signed("Endsumme: ")).isPositive();
    assertThat(signed("Gesamtbetrag")).isPositive();
    assertThat(signed("Summen")).isZero();
  }

  @Test
  void aNearLabelIsStrongerThanAFarOneAndAPlainOneThanAWeakOne() {
    assertThat(signed("Total")).isGreaterThan(signed("Total of all the things"));
    assertThat(signed("Total")).isGreaterThan(signed("Montant"));
  }

  @Test
  void aLabelNeedsAWord() {
    assertThatThrownBy(() -> Label.parse(" * ?")).hasMessageContaining("a label needs a word");
  }
}
