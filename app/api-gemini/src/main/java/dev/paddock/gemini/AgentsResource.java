package dev.paddock.gemini;

import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import java.io.IOException;
import java.util.List;

/** {@code /v1beta/agents} and its twin of version 1. */
final class AgentsResource {
  private static final String PATH = "/agents";

  private final Platform platform;
  private final Agents agents;

  AgentsResource(Platform platform, Agents agents) {
    this.platform = platform;
    this.agents = agents;
  }

  List<Route> routes(String root) {
    String path = root + PATH;
    return List.of(
        Route.post(path, this::create),
        Route.get(path, this::list),
        Route.get(path + "/{id}", this::get),
        Route.delete(path + "/{id}", this::delete));
  }

  private Reply create(Request request) throws IOException {
    return Reply.ok(agents.create(request.json(), request.caller()).document());
  }

  private Reply get(Request request) {
    return Reply.ok(agents.require(request.parameter("id"), request.caller()).document());
  }

  private Reply list(Request request) {
    return Pages.of(
        platform.resources(),
        request,
        Agents.KIND,
        "agents",
        id -> Agents.key(request.caller().workspace(), id),
        Resource::document);
  }

  private Reply delete(Request request) {
    Resource agent = agents.require(request.parameter("id"), request.caller());
    platform.resources().delete(Agents.KIND, agent.id());
    return Reply.ok(Json.object());
  }
}
