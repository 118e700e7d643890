package dev.paddock.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.WorkspaceFiles;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Environments: workspaces that interactions share, and what is known of them. */
final class Environments {
  static final String KIND = "interaction_environment";

  /** Of a workspace that only a chain of interactions knows. */
  private static final String UNNAMED = "wksp";

  private static final String PREFIX = "env";

  private final Platform platform;

  Environments(Platform platform) {
    this.platform = platform;
  }

  /** Where an interaction works, and what its sandbox is given. */
  record Place(String workspace, List<String> hosts, Map<String, String> variables) {}

  /** {@code NOT_FOUND} also for another workspace's. */
  Resource require(String name, Caller caller) {
    String id = EnvironmentChoice.idOf(name);
    return platform
        .resources()
        .find(KIND, id)
        .filter(found -> found.workspaceId().equals(caller.workspace()))
        .orElseThrow(
            () ->
                ServerException.notFound(
                    "there is no environment \"%s\"".formatted(Fields.shown(id))));
  }

  Resource create(EnvironmentSpec spec, Optional<Resource> from, Caller caller) throws IOException {
    String id = Ids.next(PREFIX);
    WorkspaceFiles files = platform.runner().workspaceFiles(id);
    ObjectNode document =
        from.map(Resource::document).map(ObjectNode::deepCopy).orElseGet(Json::object);
    document.put("id", id);
    describe(document, spec);
    try {
      if (from.isPresent()) {
        copy(platform.runner().workspaceFiles(from.get().id()), files);
      }
      write(spec, files);
      return platform.resources().create(KIND, id, caller.workspace(), document);
    } catch (RuntimeException | IOException e) {
      platform.runner().deleteWorkspace(id);
      throw e;
    }
  }

  private static void copy(WorkspaceFiles from, WorkspaceFiles to) throws IOException {
    for (WorkspaceFiles.Entry entry : from.list("", true)) {
      if (!entry.isFolder()) {
        try (InputStream content = from.open(entry.path())) {
          to.write(entry.path(), content);
        }
      }
    }
  }

  private static void write(EnvironmentSpec spec, WorkspaceFiles files) {
    spec.files().forEach(file -> files.write(file.path(), file.bytes()));
  }

  private static void describe(ObjectNode document, EnvironmentSpec spec) {
    document.setAll(spec.shown());
    spec.hosts().ifPresent(hosts -> document.set("hosts", Json.tree(hosts)));
    ObjectNode variables = document.withObjectProperty("variables");
    spec.variables().forEach(variables::put);
  }

  /** The environment that is asked for, made or changed where the request says so. */
  Resource take(EnvironmentChoice choice, Caller caller) throws IOException {
    if (choice.id().isEmpty()) {
      return create(choice.spec(), Optional.empty(), caller);
    }
    Resource found = require(choice.id().get(), caller);
    EnvironmentSpec spec = choice.spec();
    if (spec.files().isEmpty() && spec.hosts().isEmpty() && spec.variables().isEmpty()) {
      return found;
    }
    WorkspaceFiles files = platform.runner().workspaceFiles(found.id());
    spec.files().forEach(file -> requireRoom(files, file.path()));
    write(spec, files);
    ObjectNode document = found.document().deepCopy();
    describe(document, spec);
    return platform
        .resources()
        .apply(List.of(new Change.Update(KIND, found.id(), found.version(), document)))
        .getFirst();
  }

  /** Refuses what could only be written in part. */
  static void requireRoom(WorkspaceFiles files, String path) {
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      requireKind(files, path.substring(0, slash), true);
    }
    requireKind(files, path, false);
  }

  private static void requireKind(WorkspaceFiles files, String path, boolean isFolder) {
    Optional<WorkspaceFiles.Entry> there = files.entry(path);
    if (there.isPresent() && there.get().isFolder() != isFolder) {
      throw new ServerException(
              ErrorCode.CONFLICT,
              "\"%s\" is a %s in the environment"
                  .formatted(Fields.shown(path), isFolder ? "file" : "folder"))
          .withStatus(400);
    }
  }

  static Place placeOf(Resource environment) {
    ObjectNode document = environment.document();
    List<String> hosts = document.path("hosts").valueStream().map(host -> host.asText()).toList();
    Map<String, String> variables = new LinkedHashMap<>();
    document
        .path("variables")
        .properties()
        .forEach(entry -> variables.put(entry.getKey(), entry.getValue().asText()));
    return new Place(environment.id(), hosts, variables);
  }

  /** A workspace of its own for a chain of interactions that asked for no environment. */
  static Place unnamed() {
    return new Place(Ids.next(UNNAMED), List.of(), Map.of());
  }

  /** Deletes the workspace of a chain when its last interaction is gone. */
  void deleteIfUnused(String workspace) {
    if (workspace.startsWith(UNNAMED + "_") && newest(workspace).isEmpty()) {
      platform.runner().deleteWorkspace(workspace);
    }
  }

  /** The interaction that used it last. */
  Optional<SessionRecord> newest(String workspace) {
    return platform
        .sessions()
        .list(SessionFilter.newest(1).withMatching("workspace", workspace))
        .stream()
        .findFirst();
  }

  /** {@code FAILED_PRECONDITION} while an interaction works in it. */
  void delete(Resource environment) {
    List<SessionRecord> busy =
        platform
            .sessions()
            .list(
                SessionFilter.newest(1)
                    .withMatching("workspace", environment.id())
                    .withStatuses(Set.of(SessionStatus.RUNNING, SessionStatus.RESCHEDULING)));
    if (!busy.isEmpty()) {
      throw new ServerException(
              ErrorCode.CONFLICT,
              "the interaction %s works in it; cancel it first"
                  .formatted(Interactions.idOf(busy.getFirst().id())))
          .withStatus(400);
    }
    platform.runner().deleteWorkspace(environment.id());
    platform.resources().delete(KIND, environment.id());
  }
}
