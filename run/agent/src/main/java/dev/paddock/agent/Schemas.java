package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.AbsoluteIri;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.Dialects;
import dev.paddock.core.CoreException;
import dev.paddock.core.Json;
import java.util.List;
import java.util.Optional;

/** Checks JSON against JSON Schema 2020-12; no reference leads out of the schema. */
final class Schemas {
  static final String UNUSABLE = "the schema cannot be used: ";

  private static final int MAX_VIOLATIONS = 5;
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          registry -> registry.schemaLoader(loader -> loader.allow(Schemas::bundled)));

  private Schemas() {}

  /** What does not fit, at most five, in words. */
  static List<String> violations(JsonNode schema, JsonNode value) {
    try {
      return words(
          REGISTRY
              .getSchema(Json.write(schema), InputFormat.JSON)
              .validate(Json.write(value), InputFormat.JSON));
    } catch (SchemaException e) {
      return List.of(UNUSABLE + e.getMessage());
    }
  }

  static List<String> violations(JsonNode schema, String text) {
    JsonNode value;
    try {
      value = Json.tree(text);
    } catch (CoreException e) {
      return List.of(e.getMessage());
    }
    return violations(schema, value);
  }

  /** Why a document is no JSON Schema. */
  static Optional<String> notASchema(JsonNode schema) {
    Schema meta = REGISTRY.getSchema(SchemaLocation.of(Dialects.getDraft202012().getId()));
    List<String> violations = words(meta.validate(Json.write(schema), InputFormat.JSON));
    return violations.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", violations));
  }

  private static boolean bundled(AbsoluteIri iri) {
    return iri.toString().startsWith("https://json-schema.org/")
        || iri.toString().startsWith("http://json-schema.org/")
        || iri.toString().startsWith("classpath:");
  }

  private static List<String> words(List<Error> errors) {
    return errors.stream()
        .limit(MAX_VIOLATIONS)
        .map(error -> (error.getInstanceLocation() + " " + error.getMessage()).strip())
        .toList();
  }
}
