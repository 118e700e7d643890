package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@code /v1/environments}: templates of what sessions run in. */
final class EnvironmentsResource {
  static final String KIND = "environment";
  private static final String[] KEYS = {"name", "config", "description", "metadata", "scope"};
  private static final int MAX_NAME = 256;
  private static final int MAX_DESCRIPTION = 2048;

  private final Records records;
  private final NetworkPlan network;
  private final Function<JsonNode, ObjectNode> manifests;

  /**
   * @param manifests reads what workspaces are to hold
   */
  EnvironmentsResource(
      Records records, NetworkPlan network, Function<JsonNode, ObjectNode> manifests) {
    this.records = records;
    this.manifests = manifests;
    this.network = network;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/v1/environments", this::create),
        Route.get("/v1/environments", this::list),
        Route.get("/v1/environments/{id}", this::retrieve),
        Route.post("/v1/environments/{id}", this::update),
        Route.post("/v1/environments/{id}/archive", this::archive),
        Route.delete("/v1/environments/{id}", this::delete));
  }

  private Reply create(Request request) throws IOException {
    Fields fields = Fields.of(request, KEYS);
    String id = Ids.next("env");
    String now = records.now();
    ObjectNode environment = Json.object().put("id", id).put("type", "environment");
    environment.put("name", fields.requiredText("name", MAX_NAME));
    environment.put("description", fields.text("description", MAX_DESCRIPTION).orElse(null));
    environment.set("config", EnvironmentWire.config(fields, Optional.empty(), manifests));
    environment.set("metadata", Metadata.of(fields));
    environment.put("scope", scope(fields));
    environment.put("created_at", now).put("updated_at", now).putNull("archived_at");
    return Reply.ok(records.create(request.caller(), KIND, id, environment));
  }

  private static String scope(Fields fields) {
    if (fields.word("scope", "organization", "account").orElse("").equals("account")) {
      throw fields.invalid("scope", "\"account\" is not offered here");
    }
    return "organization";
  }

  private Reply retrieve(Request request) {
    return Reply.ok(records.get(request.caller(), KIND, request.parameter("id")).document());
  }

  private Reply list(Request request) {
    Query query = new Query(request.head());
    ResourceFilter filter = Records.filter(request.caller(), KIND);
    return records.list(request, Archived.unlessAsked(query, filter), Resource::document);
  }

  private Reply update(Request request) throws IOException {
    Fields fields = Fields.of(request, KEYS);
    String id = request.parameter("id");
    ObjectNode changed =
        records.change(request.caller(), KIND, id, environment -> update(fields, environment));
    if (fields.sent("config")) {
      network.follow(request.caller(), id, changed.path("config").path("networking"));
    }
    return Reply.ok(changed);
  }

  private ObjectNode update(Fields fields, ObjectNode environment) {
    if (Archived.is(environment)) {
      throw new ServerException(
              ErrorCode.INVALID_REQUEST,
              "the environment is archived and cannot be changed any more")
          .withDetailCode("environment_archived");
    }
    if (fields.has("name")) {
      environment.put("name", fields.requiredText("name", MAX_NAME));
    }
    if (fields.sent("description")) {
      environment.put("description", fields.text("description", MAX_DESCRIPTION).orElse(null));
    }
    environment.set(
        "config",
        EnvironmentWire.config(fields, Optional.of(environment.path("config")), manifests));
    Metadata.patch(fields, environment.path("metadata"))
        .ifPresent(
            bag -> {
              bag.properties().removeIf(pair -> pair.getValue().asText().isEmpty());
              environment.set("metadata", bag);
            });
    environment.put("scope", scope(fields));
    return environment;
  }

  private Reply archive(Request request) {
    return Reply.ok(records.archive(request.caller(), KIND, request.parameter("id")));
  }

  private Reply delete(Request request) {
    String id = records.get(request.caller(), KIND, request.parameter("id")).id();
    records.delete(KIND, id);
    return Records.deleted(id, "environment_deleted");
  }
}
