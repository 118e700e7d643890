package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.ServerException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The environment variables that a session has from its vaults: placeholders, never the secrets.
 * Where two credentials have one name, the first vault's is taken.
 */
record VaultVariables(Records records, Caller caller) {

  /** Variables of the sandbox, and what is put in for them outside. */
  record Given(Map<String, String> variables, List<SessionDocument.Secret> secrets) {}

  Given of(List<Fields.Item> vaultIds) {
    Map<String, String> variables = new LinkedHashMap<>();
    List<SessionDocument.Secret> secrets = new ArrayList<>();
    for (Fields.Item item : vaultIds) {
      String id = item.text(128);
      Resource vault =
          records
              .find(caller, VaultsResource.KIND, id)
              .orElseThrow(
                  () ->
                      ServerException.notFound(
                          "%s: there is no vault \"%s\""
                              .formatted(item.path(), Texts.shortened(id))));
      if (Archived.is(vault.document())) {
        throw ServerException.invalid(item.path(), "the vault is archived");
      }
      for (Resource credential :
          records.all(
              Archived.without(Records.within(caller, CredentialsResource.KIND, vault.id())))) {
        JsonNode auth = credential.document().path("auth");
        if (auth.path("type").asText().equals(CredentialWire.ENVIRONMENT_VARIABLE)) {
          String placeholder = credential.document().path(CredentialWire.PLACEHOLDER).asText();
          if (variables.putIfAbsent(auth.path("secret_name").asText(), placeholder) == null) {
            secrets.add(new SessionDocument.Secret(placeholder, credential.id()));
          }
        }
      }
    }
    return new Given(variables, secrets);
  }
}
