package dev.paddock.openai;

import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.server.spi.Carried;
import dev.paddock.server.spi.ServerException;
import java.util.Optional;

/** What stands in {@code encrypted_content}: something to send back and not to look into. */
final class Opaque {
  private Opaque() {}

  static String state(ProviderState state) {
    return Carried.write(Carried.json(state));
  }

  static ProviderState state(String param, String text) {
    return Carried.read(text).flatMap(Carried::state).orElseThrow(() -> unreadable(param));
  }

  static String summary(String text) {
    return Carried.write(Json.object().put("summary", text));
  }

  static String summary(String param, String text) {
    return Carried.read(text)
        .flatMap(read -> Optional.ofNullable(read.path("summary").textValue()))
        .orElseThrow(() -> unreadable(param));
  }

  private static ServerException unreadable(String param) {
    return Refusal.of(
        param,
        "invalid_encrypted_content",
        "The encrypted content of '%s' could not be read; send it back as it was given, or leave it out."
            .formatted(param));
  }
}
