package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.ServerException;
import java.util.Optional;

/**
 * The environment that an interaction asks for.
 *
 * @param id of one that exists; empty for a new one
 * @param spec what it is made of, or changed by
 */
record EnvironmentChoice(Optional<String> id, EnvironmentSpec spec) {
  private static final String PREFIX = "environments/";

  /** {@code "remote"}, an id, or {@code {type: "remote", …}}. */
  static EnvironmentChoice read(JsonNode node, String place) {
    if (node.isTextual()) {
      String text = node.textValue();
      if (text.isBlank()) {
        throw ServerException.invalid(
            place, "must be \"remote\", an environment's id or an object");
      }
      EnvironmentSpec nothing = EnvironmentSpec.read(Fields.of(Json.object(), ""));
      return new EnvironmentChoice(
          text.equals("remote") ? Optional.empty() : Optional.of(idOf(text)), nothing);
    }
    Fields fields = Fields.of(node, place);
    String type = fields.requiredText("type");
    if (!type.equals("remote")) {
      throw ServerException.invalid(
          fields.at("type"), "\"%s\" is not remote".formatted(Fields.shown(type)));
    }
    Optional<String> id = fields.text("environment_id").map(EnvironmentChoice::idOf);
    EnvironmentSpec spec = EnvironmentSpec.read(fields);
    fields.noOthers();
    return new EnvironmentChoice(id, spec);
  }

  /** An id may be written as a resource's name. */
  static String idOf(String text) {
    return text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text;
  }
}
