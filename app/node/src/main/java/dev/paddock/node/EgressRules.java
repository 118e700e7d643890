package dev.paddock.node;

import dev.paddock.agent.EnvironmentRule;
import dev.paddock.agent.HostRule;
import dev.paddock.core.ErrorCode;
import dev.paddock.egress.EgressException;
import dev.paddock.egress.EgressPolicy;
import dev.paddock.egress.EgressRule;
import dev.paddock.egress.EgressSecret;
import dev.paddock.egress.PathPrefix;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What an environment says of hosts, as the proxy reads it. */
final class EgressRules {
  private EgressRules() {}

  /**
   * @throws NodeException {@code INVALID_REQUEST}, which says what no proxy could hold
   */
  static EgressPolicy policy(EnvironmentRule environment, List<EgressSecret> secrets) {
    EgressPolicy policy =
        EgressPolicy.NOTHING
            .withRules(
                environment.hosts().stream()
                    .filter(rule -> !rule.host().equals(HostRule.ANY))
                    .map(EgressRules::rule)
                    .toList())
            .withSecrets(secrets);
    if (unrestricted(environment)) {
      policy = policy.withUnrestricted();
    }
    return environment.ask() ? policy.withAsk() : policy;
  }

  /** Whether every public host may be reached. */
  static boolean unrestricted(EnvironmentRule environment) {
    return environment.hosts().stream().anyMatch(rule -> rule.host().equals(HostRule.ANY));
  }

  static EgressRule rule(HostRule written) {
    try {
      EgressRule host = EgressRule.parse(written.host());
      Set<Integer> ports = new HashSet<>(host.ports());
      ports.addAll(written.ports());
      EgressRule rule =
          new EgressRule(
              host.host(),
              ports,
              Set.copyOf(written.methods()),
              written.paths().stream().map(PathPrefix::new).toList(),
              false);
      return written.tcp() ? rule.withTcp() : rule;
    } catch (EgressException e) {
      throw new NodeException(
          ErrorCode.INVALID_REQUEST,
          "the environment's host \"%s\": %s".formatted(written.host(), e.getMessage()),
          e);
    }
  }
}
