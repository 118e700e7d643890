package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code /v1/vaults/{id}/credentials}: secrets that can be written and never read. */
final class CredentialsResource {
  static final String KIND = "credential";
  private static final int MAX_CREDENTIALS = 20;
  private static final int MAX_NAME = 255;

  private final Platform platform;
  private final Records records;

  CredentialsResource(Platform platform, Records records) {
    this.platform = platform;
    this.records = records;
  }

  List<Route> routes() {
    String all = "/v1/vaults/{vault}/credentials";
    String one = all + "/{id}";
    return List.of(
        Route.post(all, this::create),
        Route.get(all, this::list),
        Route.get(one, this::retrieve),
        Route.post(one, this::update),
        Route.delete(one, this::delete),
        Route.post(one + "/archive", this::archive),
        Route.post(one + "/mcp_oauth_validate", this::validate));
  }

  private Resource vault(Request request) {
    return records.get(request.caller(), VaultsResource.KIND, request.parameter("vault"));
  }

  private Resource credential(Request request) {
    return records.get(request.caller(), KIND, vault(request).id(), request.parameter("id"));
  }

  private Reply create(Request request) throws IOException {
    Fields fields = Fields.of(request, "auth", "display_name", "metadata");
    Resource asked = vault(request);
    CredentialWire auth = CredentialWire.create(fields, platform.clock());
    String id = Ids.next("vcrd");
    String now = records.now();
    ObjectNode credential = Json.object().put("id", id).put("type", "vault_credential");
    credential.put("vault_id", asked.id());
    credential.put("display_name", fields.text("display_name", MAX_NAME).orElse(null));
    credential.set("auth", auth.shown());
    credential.set("metadata", Metadata.of(fields));
    credential.put("created_at", now).put("updated_at", now).putNull("archived_at");
    credential.put(CredentialWire.SEALED, seal(auth.secrets(), id));
    if (auth.shown().path("type").asText().equals(CredentialWire.ENVIRONMENT_VARIABLE)) {
      credential.put(CredentialWire.PLACEHOLDER, Ids.next("paddock-secret"));
    }
    Records.retrying(
        () -> {
          Resource vault = vault(request);
          Archived.refuse(vault.document(), "vault");
          requireRoom(request, vault, auth.shown());
          return records.apply(
              List.of(
                  Records.hold(vault),
                  Records.create(
                      request.caller(), KIND, credential, Records.within(vault.id(), id))));
        });
    return Reply.ok(CredentialWire.wire(credential));
  }

  private String seal(ObjectNode secrets, String id) {
    return platform.secrets().seal(Json.write(secrets), id);
  }

  private void requireRoom(Request request, Resource vault, JsonNode auth) {
    List<Resource> active =
        records.all(Archived.without(Records.within(request.caller(), KIND, vault.id())));
    if (active.size() >= MAX_CREDENTIALS) {
      throw new ServerException(
          ErrorCode.INVALID_REQUEST,
          "a vault holds at most %d credentials".formatted(MAX_CREDENTIALS));
    }
    for (String key : List.of("mcp_server_url", "secret_name")) {
      String value = auth.path(key).asText("");
      boolean taken =
          !value.isEmpty()
              && active.stream()
                  .anyMatch(
                      other -> other.document().path("auth").path(key).asText("").equals(value));
      if (taken) {
        throw new ServerException(
            ErrorCode.CONFLICT,
            "auth.%s: the vault has a credential for \"%s\" already"
                .formatted(key, Texts.shortened(value)));
      }
    }
  }

  private Reply list(Request request) {
    ResourceFilter filter = Records.within(request.caller(), KIND, vault(request).id());
    return records.list(
        request,
        Archived.unlessAsked(new Query(request.head()), filter),
        credential -> CredentialWire.wire(credential.document()));
  }

  private Reply retrieve(Request request) {
    return Reply.ok(CredentialWire.wire(credential(request).document()));
  }

  private Reply update(Request request) throws IOException {
    Fields fields = Fields.of(request, "auth", "display_name", "metadata");
    String id = credential(request).id();
    ObjectNode changed =
        records.change(request.caller(), KIND, id, credential -> update(fields, credential));
    return Reply.ok(CredentialWire.wire(changed));
  }

  private ObjectNode update(Fields fields, ObjectNode credential) {
    Archived.refuse(credential, "credential");
    if (fields.has("display_name")) {
      credential.put("display_name", fields.requiredText("display_name", MAX_NAME));
    }
    Metadata.patch(fields, credential.path("metadata"))
        .ifPresent(bag -> credential.set("metadata", bag));
    Optional<Fields> auth = fields.object("auth");
    if (auth.isPresent()) {
      String id = credential.path("id").asText();
      ObjectNode stored =
          Json.read(
              platform.secrets().open(credential.path(CredentialWire.SEALED).asText(), id),
              ObjectNode.class);
      CredentialWire wire =
          CredentialWire.update(auth.get(), credential.path("auth"), stored, platform.clock());
      credential.set("auth", wire.shown());
      credential.put(CredentialWire.SEALED, seal(wire.secrets(), id));
    }
    return credential;
  }

  private Reply archive(Request request) {
    String id = credential(request).id();
    ObjectNode archived =
        records.change(
            request.caller(),
            KIND,
            id,
            credential ->
                Archived.is(credential)
                    ? credential
                    : CredentialWire.archived(credential, records.now()));
    return Reply.ok(CredentialWire.wire(archived));
  }

  private Reply delete(Request request) {
    Resource credential = credential(request);
    records.delete(KIND, credential.id());
    return Records.deleted(credential.document().path("id").asText(), "vault_credential_deleted");
  }

  /** This release dials no MCP server, so that it cannot tell. */
  private Reply validate(Request request) throws IOException {
    Fields.of(request);
    JsonNode credential = credential(request).document();
    JsonNode auth = credential.path("auth");
    if (!auth.path("type").asText().equals("mcp_oauth")) {
      throw new ServerException(
          ErrorCode.INVALID_REQUEST, "only credentials of type mcp_oauth can be validated");
    }
    ObjectNode answer = Json.object().put("type", "vault_credential_validation");
    answer.set("credential_id", credential.path("id"));
    answer.set("vault_id", credential.path("vault_id"));
    answer.put("has_refresh_token", auth.path("refresh").isObject());
    answer.put("status", "unknown").put("validated_at", records.now());
    answer.putObject("mcp_probe").put("method", "initialize").putNull("http_response");
    answer.putNull("refresh");
    return Reply.ok(answer);
  }
}
