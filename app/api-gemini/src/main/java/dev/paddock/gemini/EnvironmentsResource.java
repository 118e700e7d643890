package dev.paddock.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.WorkspaceFiles;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** {@code /v1beta/environments} and its twin of version 1. */
final class EnvironmentsResource {
  private static final String PATH = "/environments";

  private final Platform platform;
  private final Environments environments;

  EnvironmentsResource(Platform platform, Environments environments) {
    this.platform = platform;
    this.environments = environments;
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
    Fields fields = new Fields(request.json(), "");
    Optional<String> from = fields.text("from_environment").filter(id -> !id.isEmpty());
    EnvironmentSpec spec = EnvironmentSpec.read(fields);
    fields.noOthers();
    if (from.isPresent() && !(spec.files().isEmpty() && spec.variables().isEmpty())) {
      throw ServerException.invalid("from_environment", "goes with neither sources nor env");
    }
    Optional<Resource> source = from.map(id -> environments.require(id, request.caller()));
    return Reply.ok(view(environments.create(spec, source, request.caller())));
  }

  private Reply get(Request request) {
    return Reply.ok(view(environments.require(request.parameter("id"), request.caller())));
  }

  private Reply list(Request request) {
    return Pages.of(
        platform.resources(),
        request,
        Environments.KIND,
        "environments",
        UnaryOperator.identity(),
        this::view);
  }

  private Reply delete(Request request) {
    environments.delete(environments.require(request.parameter("id"), request.caller()));
    return Reply.ok(Json.object());
  }

  private ObjectNode view(Resource environment) {
    ObjectNode out = Json.object().put("id", environment.id()).put("object", "environment");
    out.put("status", "active");
    out.put("created", InteractionView.time(environment.createdAt()));
    out.put("updated", InteractionView.time(environment.updatedAt()));
    Instant used =
        environments
            .newest(environment.id())
            .map(SessionRecord::updatedAt)
            .filter(time -> time.isAfter(environment.updatedAt()))
            .orElse(environment.updatedAt());
    out.put("last_accessed", InteractionView.time(used));
    long files = 0;
    long bytes = 0;
    for (WorkspaceFiles.Entry entry :
        platform.runner().workspaceFiles(environment.id()).list("", true)) {
      files += entry.isFolder() ? 0 : 1;
      bytes += entry.size();
    }
    out.put("file_count", Long.toString(files)).put("size_bytes", Long.toString(bytes));
    for (String name : List.of("sources", "network")) {
      if (environment.document().has(name)) {
        out.set(name, environment.document().get(name));
      }
    }
    return out;
  }
}
