package dev.paddock.extract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FormatsTest {
  private static final MoneyFormat MONEY = new MoneyFormat(Set.of("EUR", "CHF", "$", "kr"));
  private static final DateFormat DMY = new DateFormat(DateFormat.Order.DMY);
  private static final DateFormat MDY = new DateFormat(DateFormat.Order.MDY);
  private static final IdentifierFormat IDENTIFIER = new IdentifierFormat(2, MONEY);

  private static List<String> plain(Format format, String text) {
    DocumentText document = new DocumentText(text);
    return format.find(document).stream()
        .map(span -> format.normalise(document.slice(span)).orElse("?"))
        .toList();
  }

  private static List<String> printed(Format format, String text) {
    DocumentText document = new DocumentText(text);
    return format.find(document).stream().map(document::slice).toList();
  }

  @Test
  void datesInFiguresAndWords() {
    assertThat(
            plain(
                DMY,
                "2024-03-12T10:00, 12. 3. 2024, 12-Mar-2024, Mar. 5, 2024, 1er mars 2024, 12 Mar 24"
                    + " 10:00, 2nd of May 2024, 3 de mayo de 2024, 17.06.24 18:20"))
        .containsExactly(
            "2024-03-12",
            "2024-03-12",
            "2024-03-12",
            "2024-03-05",
            "2024-03-01",
            "2024-03-12",
            "2024-05-02",
            "2024-05-03",
            "2024-06-17");
  }

  @Test
  void theOrderOfDayAndMonthIsReadByTheFieldUnlessItCannotBe() {
    assertThat(plain(DMY, "03/04/2024")).containsExactly("2024-04-03");
    assertThat(plain(MDY, "03/04/2024")).containsExactly("2024-03-04");
    assertThat(plain(MDY, "03.04.2024")).containsExactly("2024-04-03");
    assertThat(plain(DMY, "5/21/2024")).containsExactly("2024-05-21");
    assertThat(plain(MDY, "21/5/2024")).containsExactly("2024-05-21");
  }

  @Test
  void whatOnlyLooksLikeADateIsNone() {
    assertThat(plain(DMY, "31.02.2024, 12.04.1961, 10.0.0.1, 1/2/3, 12 April, 12 May 9999"))
        .isEmpty();
  }

  @Test
  void amountsInEveryGrouping() {
    assertThat(
            plain(
                MONEY,
                "CHF 45.- / 12,- EUR / $45 / 1'250.00 / 1.250,00 / 1 234,56 EUR / 1,250.00 / 80 EUR"))
        .containsExactly(
            "45.00", "12.00", "45.00", "1250.00", "1250.00", "1234.56", "1250.00", "80.00");
  }

  @Test
  void aMinusOrBracketsMakeAnAmountNegative() {
    assertThat(plain(MONEY, "Less 4,00 and -4,00 and -$25.00 and (2,000.00)"))
        .containsExactly("4.00", "-4.00", "-25.00", "-2000.00");
  }

  @Test
  void sharesMeasuresTimesAndVersionsAreNoAmounts() {
    assertThat(plain(MONEY, "19,00 % and 2.50 kg and 12.30 Uhr and 1.25.00 and 10.50.3")).isEmpty();
  }

  @Test
  void identifiersAreNoPartOfDatesTimesOrAmounts() {
    assertThat(printed(IDENTIFIER, "No R-2024/17 of 12.03.2024 14:30, 571,20 EUR, 7120 4459 03"))
        .containsExactly("R-2024/17", "7120 4459 03");
    assertThat(printed(IDENTIFIER, "me@shop24.example 350G 2,5kg 20 %")).isEmpty();
    assertThat(printed(IDENTIFIER, "FT 2024/1183")).containsExactly("FT 2024/1183", "2024/1183");
    assertThat(printed(IDENTIFIER, "24 / 1093")).containsExactly("24 / 1093");
  }

  @Test
  void namesAreSegmentsAndTheirCapitalisedParts() {
    assertThat(printed(new NameFormat(), "From: Orchard Cycle Works <shop@orchard.example>"))
        .contains("Orchard Cycle Works", "Orchard Cycle", "Cycle Works")
        .doesNotContain("From", "shop@orchard.example");
    assertThat(printed(new NameFormat(), "votre achat chez Papeterie Bonnard"))
        .contains("Papeterie Bonnard")
        .doesNotContain("achat chez Papeterie");
  }

  @Test
  void aSharedSignMeansWhatTheDocumentNamesInAnotherWayToo() {
    ChoiceFormat choice =
        new ChoiceFormat(Map.of("USD", List.of("$", "USD"), "CAD", List.of("CAD", "$ CA", "$?")));
    assertThat(plain(choice.in(new DocumentText("17,00 $")), "17,00 $")).containsExactly("USD");
    String canadian = "TOTAL CAD 130,83 $";
    assertThat(plain(choice.in(new DocumentText(canadian)), canadian))
        .containsExactly("CAD", "CAD");
    assertThat(plain(choice, "5 $ CA")).containsExactly("CAD");
  }

  @Test
  void longHostileTextsAreReadToTheEnd() {
    for (String part : List.of("1", "1 ", "a.", "1.1,", "A ", "'1", "$1", "12.12", "é")) {
      DocumentText document = new DocumentText(part.repeat(10_000));
      for (Format format : List.of(MONEY, DMY, IDENTIFIER, new NameFormat())) {
        assertThat(format.find(document)).allMatch(span -> span.length() > 0);
      }
    }
  }
}
