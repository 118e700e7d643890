package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.ModelException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Masks over the embedded model's own vocabulary. */
final class SmolLmMaskTest {
  private static final String SCHEMA =
      """
      {"type": "object", "properties": {
        "vendor": {"type": "string"}, "kind": {"enum": ["invoice", "receipt", "order mail"]},
        "paid": {"type": "boolean"}, "total": {"type": "number", "minimum": 0},
        "lines": {"type": "array", "items": {"type": "object", "properties": {
          "text": {"type": "string"}, "count": {"type": "integer"}},
          "required": ["text", "count"]}}},
       "required": ["vendor", "kind", "paid", "total", "lines"]}""";
  private static final List<String> ANSWERS =
      List.of(
          "{\"vendor\": \"Müller & Söhne GmbH\", \"kind\": \"order mail\", \"paid\": true,"
              + " \"total\": 1204.5, \"lines\": [{\"text\": \"2 x \\\"Tee\\\"\", \"count\": 2},"
              + " {\"text\": \"\", \"count\": -13}]}",
          "{\"vendor\": \" (none)\", \"kind\": \"invoice\", \"paid\": false, \"total\": 0,"
              + " \"lines\": []}",
          "{\"vendor\": \"日本\\n😀\", \"kind\": \"receipt\", \"paid\": false, \"total\": 0.07,"
              + " \"lines\": [{\"text\": \"a,b;c: d\", \"count\": 0}]}");

  private final Tokenizer tokenizer = GgufTokenizer.read(GgufFile.open(TestingModel.file()));
  private final SchemaCompiler compiler = new SchemaCompiler(tokenizer);

  private TokenMask mask() {
    return compiler.compile((ObjectNode) Json.tree(SCHEMA), Map.of());
  }

  @Test
  void letsTheTokenizersOwnTokensPassAndForcesNoOthers() {
    long[] bits = new long[tokenizer.maskWords()];
    int forcedTokens = 0;
    int all = 0;
    for (String answer : ANSWERS) {
      List<Integer> tokens = tokenizer.encode(answer);
      TokenMask mask = mask();
      for (int i = 0; i < tokens.size(); i++) {
        int[] forced = mask.forced();
        for (int j = 0; j < forced.length; j++) {
          assertThat(forced[j]).as("token %d of %s", i + j, answer).isEqualTo(tokens.get(i + j));
        }
        for (int token : forced) {
          mask.accept(token);
        }
        forcedTokens += forced.length;
        i += forced.length;
        if (i < tokens.size()) {
          mask.allowed(bits);
          assertThat(TestingWriter.has(bits, tokens.get(i))).isTrue();
          mask.accept(tokens.get(i));
        }
      }
      all += tokens.size();
      assertThat(mask.mustEnd()).isTrue();
    }
    assertThat(forcedTokens).isGreaterThan(all / 4);
  }

  @Test
  void whateverIsWrittenObeysTheSchema() {
    for (int seed = 0; seed < 40; seed++) {
      TestingSchemas made = new TestingSchemas(seed, true);
      String schema = Json.write(made.root());
      try {
        compiler.compile(made.root(), Map.of());
      } catch (ModelException e) {
        assertThat(e.getMessage()).containsAnyOf(" at ", "no value obeys the schema");
        continue;
      }
      TestingOracle oracle = new TestingOracle(schema);
      Random random = new Random(seed);
      for (int i = 0; i < 4; i++) {
        TokenMask mask = compiler.compile(made.root(), Map.of());
        byte[] out = TestingWriter.write(tokenizer, mask, random, 1 + random.nextInt(40));
        String json = new String(out, StandardCharsets.UTF_8);
        JsonNode value = Json.tree(json);
        assertThat(CanonicalJson.write(value)).isEqualTo(json);
        assertThat(oracle.valid(json)).as("seed %d: %s by %s", seed, json, schema).isTrue();
      }
    }
  }

  @Test
  void closesInTheTokenizersTokens() {
    int[] closing = mask().closing().orElseThrow();
    String text = tokenizer.decode(closing);
    assertThat(text)
        .isEqualTo(
            "{\"vendor\": \"\", \"kind\": \"invoice\", \"paid\": true, \"total\": 0, \"lines\": []}");
  }
}
