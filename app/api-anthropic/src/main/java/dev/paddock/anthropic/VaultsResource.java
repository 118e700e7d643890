package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code /v1/vaults}: groups of credentials, such as those of one end user. */
final class VaultsResource {
  static final String KIND = "vault";
  private static final String[] KEYS = {"display_name", "metadata"};
  private static final int MAX_NAME = 255;

  private final Records records;

  VaultsResource(Records records) {
    this.records = records;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/v1/vaults", this::create),
        Route.get("/v1/vaults", this::list),
        Route.get("/v1/vaults/{id}", this::retrieve),
        Route.post("/v1/vaults/{id}", this::update),
        Route.delete("/v1/vaults/{id}", this::delete),
        Route.post("/v1/vaults/{id}/archive", this::archive));
  }

  private Reply create(Request request) throws IOException {
    Fields fields = Fields.of(request, KEYS);
    String id = Ids.next("vlt");
    String now = records.now();
    ObjectNode vault = Json.object().put("id", id).put("type", "vault");
    vault.put("display_name", fields.requiredText("display_name", MAX_NAME));
    vault.set("metadata", Metadata.of(fields));
    vault.put("created_at", now).put("updated_at", now).putNull("archived_at");
    return Reply.ok(records.create(request.caller(), KIND, id, vault));
  }

  private Reply list(Request request) {
    ResourceFilter filter = Records.filter(request.caller(), KIND);
    return records.list(
        request, Archived.unlessAsked(new Query(request.head()), filter), Resource::document);
  }

  private Reply retrieve(Request request) {
    return Reply.ok(records.get(request.caller(), KIND, request.parameter("id")).document());
  }

  private Reply update(Request request) throws IOException {
    Fields fields = Fields.of(request, KEYS);
    return Reply.ok(
        records.change(
            request.caller(),
            KIND,
            request.parameter("id"),
            vault -> {
              Archived.refuse(vault, "vault");
              if (fields.has("display_name")) {
                vault.put("display_name", fields.requiredText("display_name", MAX_NAME));
              }
              Metadata.patch(fields, vault.path("metadata"))
                  .ifPresent(bag -> vault.set("metadata", bag));
              return vault;
            }));
  }

  /** A vault is archived with its credentials, whose secrets are forgotten. */
  private Reply archive(Request request) {
    String id = request.parameter("id");
    return Reply.ok(
        Records.retrying(
            () -> {
              Resource stored = records.get(request.caller(), KIND, id);
              if (Archived.is(stored.document())) {
                return stored.document();
              }
              String now = records.now();
              ObjectNode vault = stored.document().deepCopy();
              vault.put("archived_at", now).put("updated_at", now);
              List<Change> changes = new ArrayList<>();
              changes.add(Records.update(stored, vault));
              for (Resource credential :
                  records.all(
                      Archived.without(
                          Records.within(request.caller(), CredentialsResource.KIND, id)))) {
                changes.add(
                    Records.update(
                        credential, CredentialWire.archived(credential.document(), now)));
              }
              records.apply(changes);
              return vault;
            }));
  }

  private Reply delete(Request request) {
    String id = records.get(request.caller(), KIND, request.parameter("id")).id();
    records.deleteWhole(request.caller(), KIND, id, CredentialsResource.KIND);
    return Records.deleted(id, "vault_deleted");
  }
}
