package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import dev.paddock.provider.ModelException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random schemas, judged by another implementation. */
final class SchemaOracleTest {
  private static final int SCHEMAS = Integer.getInteger("paddock.schemas", 150);
  private static final int ORDERS = 200;

  @Test
  void whateverIsWrittenObeysTheSchema() {
    int compiled = 0;
    for (int seed = 0; seed < SCHEMAS; seed++) {
      TestingSchemas made = new TestingSchemas(seed, true);
      String schema = Json.write(made.root());
      TokenMask first = compile(made, schema);
      if (first == null) {
        continue;
      }
      compiled++;
      TestingOracle oracle = new TestingOracle(schema);
      Random random = new Random(seed);
      for (int i = 0; i < 8; i++) {
        TokenMask mask = TestingWriter.COMPILER.compile(made.root(), Map.of());
        int budget = 1 + random.nextInt(40);
        byte[] out = TestingWriter.write(TestingWriter.VOCABULARY, mask, random, budget);
        String json = new String(out, StandardCharsets.UTF_8);
        assertThat(json.getBytes(StandardCharsets.UTF_8)).isEqualTo(out);
        JsonNode value = Json.tree(json);
        assertThat(CanonicalJson.write(value)).as("seed %d: %s", seed, schema).isEqualTo(json);
        assertThat(oracle.valid(json)).as("seed %d: %s by %s", seed, json, schema).isTrue();
      }
    }
    assertThat(compiled).isGreaterThan(SCHEMAS * 7 / 10);
  }

  @Test
  void acceptsExactlyTheValidInstances() {
    int valid = 0;
    int invalid = 0;
    for (int seed = 0; seed < SCHEMAS; seed++) {
      TestingSchemas made = new TestingSchemas(seed, false);
      String schema = Json.write(made.root());
      if (compile(made, schema) == null) {
        continue;
      }
      TestingOracle oracle = new TestingOracle(schema);
      for (int i = 0; i < 15; i++) {
        JsonNode instance = made.instance();
        boolean expected = oracle.valid(Json.write(instance));
        List<JsonNode> orders = TestingSchemas.orders(instance, ORDERS);
        boolean accepted =
            orders.stream()
                .anyMatch(
                    order ->
                        TestingWriter.accepts(
                            TestingWriter.COMPILER.compile(made.root(), Map.of()),
                            CanonicalJson.write(order)));
        boolean allOrders = orders.size() < ORDERS;
        if (accepted || expected && allOrders || !expected) {
          assertThat(accepted)
              .as("seed %d: %s by %s", seed, CanonicalJson.write(instance), schema)
              .isEqualTo(expected);
        }
        valid += expected ? 1 : 0;
        invalid += expected ? 0 : 1;
      }
    }
    assertThat(valid).isGreaterThan(SCHEMAS);
    assertThat(invalid).isGreaterThan(SCHEMAS);
  }

  /** Null where the schema is refused, which must be said with its place. */
  private static @org.jspecify.annotations.Nullable TokenMask compile(
      TestingSchemas made, String schema) {
    try {
      return TestingWriter.COMPILER.compile(made.root(), Map.of());
    } catch (ModelException e) {
      assertThat(e.getMessage()).as(schema).containsAnyOf(" at ", "no value obeys the schema");
      return null;
    }
  }
}
