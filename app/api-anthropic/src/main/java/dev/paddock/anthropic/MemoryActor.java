package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.Principal;

/** Who changed a memory. */
final class MemoryActor {
  private MemoryActor() {}

  static ObjectNode of(Principal principal) {
    return switch (principal.kind()) {
      case KEY, SYSTEM -> Json.object().put("type", "api_actor").put("api_key_id", principal.id());
      case USER -> Json.object().put("type", "user_actor").put("user_id", principal.id());
      case WORKER ->
          Json.object()
              .put("type", "service_account_actor")
              .put("service_account_id", principal.id());
    };
  }
}
