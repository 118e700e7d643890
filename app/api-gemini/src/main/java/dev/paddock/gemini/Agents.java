package dev.paddock.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
import java.util.Optional;

/** Stored agents, and the one that comes with Paddock. Names are a workspace's own. */
final class Agents {
  static final String KIND = "interaction_agent";

  private final Platform platform;

  Agents(Platform platform) {
    this.platform = platform;
  }

  Resource create(ObjectNode body, Caller caller) {
    String id = AgentSpec.read(body).id().orElseGet(() -> Ids.next("agent").replace('_', '-'));
    ObjectNode document = body.deepCopy();
    document.put("id", id);
    return platform
        .resources()
        .create(KIND, key(caller.workspace(), id), caller.workspace(), document);
  }

  /** The ids of resources are one space for all workspaces. */
  static String key(WorkspaceId workspace, String id) {
    return workspace.value() + "." + id;
  }

  Resource require(String name, Caller caller) {
    String id = idOf(name);
    return platform
        .resources()
        .find(KIND, key(caller.workspace(), id))
        .orElseThrow(
            () -> ServerException.notFound("there is no agent \"%s\"".formatted(Fields.shown(id))));
  }

  private static String idOf(String name) {
    return name.startsWith("agents/") ? name.substring("agents/".length()) : name;
  }

  /** What an interaction runs with. */
  AgentSpec resolve(String name, Caller caller) {
    Optional<Resource> stored =
        platform.resources().find(KIND, key(caller.workspace(), idOf(name)));
    if (stored.isPresent()) {
      return AgentSpec.read(stored.get().document());
    }
    if (AgentSpec.isGeneral(name)) {
      return AgentSpec.read(Json.object());
    }
    if (name.startsWith("deep-research")) {
      throw ServerException.notFound(
          "the agent %s is not offered by this release of Paddock".formatted(Fields.shown(name)));
    }
    return AgentSpec.read(require(name, caller).document());
  }
}
