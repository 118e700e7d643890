package dev.paddock.inference;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

/** Another implementation of JSON Schema, to check ours by. */
final class TestingOracle {
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private final com.networknt.schema.Schema schema;

  TestingOracle(String schema) {
    this.schema = REGISTRY.getSchema(schema, InputFormat.JSON);
  }

  boolean valid(String json) {
    return schema
        .validate(
            json,
            InputFormat.JSON,
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
        .isEmpty();
  }
}
