package dev.paddock.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.Json;
import dev.paddock.extract.Value.Mark;
import dev.paddock.provider.spi.Scorer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoringExtractorTest {
  private static final String SCHEMA =
      """
      {'type': 'object', 'required': ['total', 'date', 'currency'],
       'x-paddock-source': {'instruction': 'Read.', 'absent': 'nothing'},
       'properties': {
         'number': {'x-paddock-source': {'format': 'identifier', 'question': 'Number',
            'labels': ['Invoice'], 'decoys': {'phone': {'labels': ['Tel']}}}},
         'date': {'format': 'date', 'x-paddock-source': {'question': 'Date',
            'order': {'by': 'currency', 'MDY': ['USD']}}},
         'currency': {'enum': ['EUR', 'USD'], 'x-paddock-source': {
            'aliases': {'EUR': ['€', 'EUR'], 'USD': ['$']}, 'near': 'total'}},
         'total': {'type': 'number', 'x-paddock-source': {'format': 'money', 'unit': 'currency',
            'question': 'Total', 'labels': ['Total'], 'prefer': {'sum': true},
            'decoys': {
              'part': {'question': 'Subtotal', 'labels': ['Net']},
              'tax': {'labels': ['VAT']},
              'deposit': {'labels': ['Deposit'], 'effect': 'subtracted'}}}}}}
      """;

  private static Map<String, Value> extract(TestingScorer scorer, String text)
      throws InterruptedException {
    ExtractionSchema schema = SchemaReader.read(Json.tree(SCHEMA.replace('\'', '"'))).schema();
    return new ScoringExtractor(schema, scorer, 1_000)
        .extract("a.txt", new DocumentText(text))
        .values();
  }

  private static Value value(String field, String text) throws InterruptedException {
    return Extractor.value(extract(TestingScorer.indifferent(), text), field);
  }

  @Test
  void theModelIsAskedAboutCandidatesOverOneLongLivedPrefix() throws InterruptedException {
    TestingScorer scorer = TestingScorer.indifferent();
    extract(scorer, "Invoice A-77, 3 or B-78\n12.03.2024 or 13.03.2024\n€ 5.00 or € 6.00\n");
    assertThat(scorer.prefixes)
        .allSatisfy(prefix -> assertThat(prefix.getFirst()).startsWith("Read."))
        .extracting(prefix -> prefix.get(1).lines().skip(1).findFirst().orElseThrow())
        .containsExactly("Invoice A-77, 3 or B-78", "N/A");
    assertThat(scorer.asked)
        .contains(
            new Scorer.Branch("\nNumber:", " A-77\n"),
            new Scorer.Branch("\nNumber:", " nothing\n"),
            new Scorer.Branch("\nSubtotal:", " 5.00\n"))
        .doesNotContain(new Scorer.Branch("\nTotal:", " nothing\n"));
  }

  @Test
  void withoutLabelsTheModelDecides() throws InterruptedException {
    TestingScorer scorer =
        new TestingScorer((question, answer) -> answer.equals("13.03.2024") ? -1 : -9);
    Value date = Extractor.value(extract(scorer, "12.03.2024\n13.03.2024\n5.00 €\n"), "date");
    assertThat(date.plain()).isEqualTo("2024-03-13");
    assertThat(date.mark()).isEqualTo(new Mark.Ok());
  }

  @Test
  void aCloseCallIsMarked() throws InterruptedException {
    assertThat(value("date", "12.03.2024\n13.03.2024\n5.00 €\n").mark())
        .isEqualTo(new Mark.Unsure("\"13.03.2024\" is nearly as likely"));
  }

  @Test
  void datesAreReadByTheCurrency() throws InterruptedException {
    assertThat(value("date", "03/04/2024\nTotal $5.00").plain()).isEqualTo("2024-03-04");
    assertThat(value("date", "03/04/2024\nTotal €5.00").plain()).isEqualTo("2024-04-03");
  }

  @Test
  void theCurrencyNearestTheTotalCounts() throws InterruptedException {
    String text = "1.1.2024\nTotal $20.00\nabout EUR 18.00, EUR 1 = $1.11";
    assertThat(value("currency", text).plain()).isEqualTo("USD");
  }

  @Test
  void aNumberThatAnotherLabelClaimsIsNone() throws InterruptedException {
    assertThat(value("number", "Tel 0199-5550\n1.1.2024\nTotal €5.00").plain()).isEmpty();
    assertThat(value("number", "Invoice 0199-5550\n1.1.2024\nTotal €5.00").plain())
        .isEqualTo("0199-5550");
  }

  @Test
  void theLaterSumIsTheTotal() throws InterruptedException {
    Value total =
        value(
            "total",
            """
            1.1.2024
            Desk        300.00
            Chair       100.00
            Total       400.00
            Deposit    -150.00
            Total due  €250.00
            """);
    assertThat(total.plain()).isEqualTo("250.00");
    assertThat(total.mark()).isEqualTo(new Mark.Ok());
  }

  @Test
  void aTotalThatALaterAmountMayChangeIsMarked() throws InterruptedException {
    String text = "1.1.2024\nTotal €400.00\nYour earlier transfer 150.00\nHence 250.00\n";
    assertThat(value("total", text).mark())
        .isEqualTo(new Mark.Unsure("other amounts may change it"));
  }

  @Test
  void aTotalThatLaterAmountsTogetherUseUpIsMarked() throws InterruptedException {
    String text = "1.1.2024\nTotal €900.00\nFirst 200.00\nSecond 300.00\nSo 400.00\n";
    assertThat(value("total", text).mark())
        .isEqualTo(new Mark.Unsure("other amounts may change it"));
  }

  @Test
  void aTotalBelowAnAmountThatNothingExplainsIsMarked() throws InterruptedException {
    String text = "1.1.2024\nTotal €400.00\nAnd then 450.00\n";
    assertThat(value("total", text).mark())
        .isEqualTo(new Mark.Unsure("a larger amount may be the one"));
  }

  @Test
  void taxAfterATotalDoesNotChangeIt() throws InterruptedException {
    String text = "1.1.2024\nTotal €120.00\nVAT 20.00\nNet 100.00\n";
    assertThat(value("total", text).mark()).isEqualTo(new Mark.Ok());
  }

  @Test
  void aTotalThatDoesNotAddUpIsMarked() throws InterruptedException {
    String text = "1.1.2024\nA 89.00\nB 273.00\nNet 362.00\nVAT 72.40\nTotal €443.40\n";
    assertThat(value("total", text).plain()).isEqualTo("443.40");
    assertThat(value("total", text).mark())
        .isEqualTo(new Mark.Unsure("the amounts before it add up to 434.40"));
  }

  @Test
  void aCrowdedLineIsReadToTheEnd() throws InterruptedException {
    Map<String, Value> values =
        extract(TestingScorer.indifferent(), "A1 12.50 Foo 1.1.2024 €".repeat(250));
    assertThat(values).containsOnlyKeys("number", "date", "currency", "total");
  }

  @Test
  void aDocumentLongerThanTheModelReadsIsRefused() {
    assertThatThrownBy(() -> value("total", "a ".repeat(4_000)))
        .isInstanceOf(ExtractException.class)
        .hasMessageContaining("8000 characters are more than the model reads");
  }
}
