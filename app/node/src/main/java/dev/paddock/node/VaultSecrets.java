package dev.paddock.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.agent.EnvironmentRule;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resources;
import dev.paddock.egress.EgressSecret;
import dev.paddock.egress.Host;
import dev.paddock.egress.HostPattern;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;

/**
 * The values behind a session's placeholders, as its vaults have them now.
 *
 * @param opener of what is sealed, by the sealed text and the id it belongs to
 */
record VaultSecrets(Resources resources, BinaryOperator<String> opener) {
  private static final String KIND = "credential";

  /** A credential that was archived or deleted has forgotten its value; then there is none. */
  List<EgressSecret> of(SessionDocument document, EnvironmentRule environment) {
    return document.secrets().stream()
        .flatMap(secret -> secret(secret, environment).stream())
        .toList();
  }

  /** The value behind a variable of the session's, if it is for all of these hosts. */
  Optional<String> value(SessionDocument document, String variable, List<Host> hosts) {
    Optional<String> placeholder = Optional.ofNullable(document.variables().get(variable));
    EnvironmentRule environment = document.definition().environment();
    return document.secrets().stream()
        .filter(secret -> placeholder.filter(secret.placeholder()::equals).isPresent())
        .flatMap(secret -> credential(secret).stream())
        .filter(
            credential -> {
              List<HostPattern> allowed =
                  hosts(credential.path("auth").path("networking"), environment);
              return hosts.stream()
                  .allMatch(host -> allowed.stream().anyMatch(one -> one.matches(host)));
            })
        .map(this::value)
        .findFirst();
  }

  private Optional<JsonNode> credential(SessionDocument.Secret secret) {
    return resources
        .find(KIND, secret.credential())
        .map(resource -> (JsonNode) resource.document())
        .filter(credential -> credential.path("sealed").isTextual());
  }

  private String value(JsonNode credential) {
    return Json.tree(
            opener.apply(credential.path("sealed").asText(), credential.path("id").asText()))
        .path("secret_value")
        .asText();
  }

  private Optional<EgressSecret> secret(
      SessionDocument.Secret secret, EnvironmentRule environment) {
    return credential(secret)
        .map(credential -> open(secret.placeholder(), credential, environment));
  }

  private EgressSecret open(String placeholder, JsonNode credential, EnvironmentRule environment) {
    JsonNode auth = credential.path("auth");
    Set<EgressSecret.Place> places = EnumSet.noneOf(EgressSecret.Place.class);
    if (auth.path("injection_location").path("header").booleanValue()) {
      places.add(EgressSecret.Place.HEADER);
    }
    if (auth.path("injection_location").path("body").booleanValue()) {
      places.add(EgressSecret.Place.BODY);
    }
    return new EgressSecret(
        placeholder, value(credential), hosts(auth.path("networking"), environment), places);
  }

  /** Without a list of its own a secret is for every host that the environment names. */
  private static List<HostPattern> hosts(JsonNode networking, EnvironmentRule environment) {
    if (networking.path("type").asText().equals("limited")) {
      return networking
          .path("allowed_hosts")
          .valueStream()
          .map(host -> HostPattern.parse(host.asText()))
          .toList();
    }
    if (EgressRules.unrestricted(environment)) {
      return List.of(new HostPattern.Any());
    }
    return environment.hosts().stream().map(EgressRules::rule).map(rule -> rule.host()).toList();
  }
}
