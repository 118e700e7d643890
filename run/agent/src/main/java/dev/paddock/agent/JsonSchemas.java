package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import java.util.Optional;

/** Tells whoever takes schemas from outside whether the loop can use them. */
public final class JsonSchemas {
  private JsonSchemas() {}

  /** Why a document is no JSON Schema of 2020-12, or refers to what it lacks; empty when usable. */
  public static Optional<String> problem(JsonNode schema) {
    return Schemas.notASchema(schema)
        .or(
            () ->
                Schemas.violations(schema, Json.object()).stream()
                    .filter(violation -> violation.startsWith(Schemas.UNUSABLE))
                    .findFirst());
  }
}
