package dev.paddock.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaReaderTest {
  private static ExtractionSchema read(String json) {
    return SchemaReader.read(Json.tree(json.replace('\'', '"'))).schema();
  }

  private static String property(String name, String members) {
    return "{'type': 'object', 'properties': {'%s': {%s}}}".formatted(name, members);
  }

  @Test
  void aBareSchemaIsEnough() {
    ExtractionSchema schema =
        read(
            """
            {'type': 'object', 'required': ['who'], 'properties': {
              'who': {'type': 'string', 'title': 'Author'},
              'when': {'type': 'string', 'format': 'date'},
              'price': {'type': ['number', 'null']},
              'state': {'enum': ['open', 'shut']}}}""");
    assertThat(schema.fields())
        .extracting(field -> field.format().name())
        .containsExactly("name", "date", "money", "choice");
    assertThat(schema.fields())
        .extracting(Field::required)
        .containsExactly(true, false, false, false);
    assertThat(schema.field("who").orElseThrow().question()).contains("Author");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                                                             | /: must be an object
          {'type': 'array'}                                              | /type: must be "object"
          {'type': 'object'}                                             | /properties: must name
          {'type': 'object', 'properties': {}}                           | /properties: must name 1 to
          {'type': 'object', 'properties': {'a': 1}}                     | /properties/a: must be an object
          {'type': 'object', 'properties': {'a': {}}, 'required': ['b']} | /required: names no property: "b"
          {'type': 'object', 'properties': {'a': {}}, 'oneOf': []}       | /oneOf: unknown member
          {'type': 'object', 'properties': {'a': {'type': 'object'}}}    | /properties/a/type: "object" is no single value
          {'type': 'object', 'properties': {'a': {'minimum': 'x'}}}      | /properties/a/minimum: must be a number
          """)
  void aSchemaThatIsNoneIsToldByItsPlace(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(ExtractException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'lables': []}                                     | /lables: unknown member
          {'labels': 'Total'}                                | /labels: must be a list of texts
          {'labels': ['Total', 3]}                           | /labels/1: must be a text
          {'labels': ['-']}                                  | /labels/0: a label needs a word
          {'format': 'colour'}                               | /format: unknown "colour"
          {'not': '('}                                       | /not: no regular expression
          {'format': 'pattern'}                              | /pattern: is missing
          {'format': 'choice'}                               | : a choice needs the values in "enum"
          {'near': 'b'}                                      | /near: is for choices only
          {'prefer': {'sum': true}}                          | /prefer: is for sum: money
          {'prefer': {'sum': 'yes'}}                         | /prefer/sum: must be true or false
          {'order': {'MDY': ['USD']}}                        | /order: needs "by"
          {'distinct': ['nobody']}                           | : names no other field: "nobody"
          {'decoys': {'x': {'effect': 'halved'}}}            | /decoys/x/effect: must be none, added
          {'decoys': {'a': {}}}                              | /decoys/a: the name is taken by a field
          {'format': 'money', 'unit': 'currency'}            | properties: no field with an "enum"
          """)
  void aWrongMemberOfTheKeywordIsToldByItsPlace(String keyword, String message) {
    assertThatThrownBy(
            () -> read(property("a", "'type': 'string', 'x-paddock-source': " + keyword)))
        .isInstanceOf(ExtractException.class)
        .hasMessageContaining(message);
  }

  @Test
  void fieldsMayNotNeedEachOther() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    {'type': 'object', 'properties': {
                      'a': {'x-paddock-source': {'distinct': ['b']}},
                      'b': {'x-paddock-source': {'distinct': ['a']}}}}"""))
        .hasMessageContaining("in a circle: [a, b]");
  }

  @Test
  void aPatternThatTriesEveryWayIsStopped() {
    ExtractionSchema schema = read(property("a", "'x-paddock-source': {'pattern': 'a*a*a*a*b'}"));
    Field field = schema.fields().getFirst();
    DocumentText document = new DocumentText("a".repeat(200) + "!");
    assertThatThrownBy(() -> field.format().find(document))
        .isInstanceOf(ExtractException.class)
        .hasMessageContaining("takes too long");
  }
}
