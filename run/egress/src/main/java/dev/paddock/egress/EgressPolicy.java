package dev.paddock.egress;

import java.util.List;
import java.util.Optional;

/**
 * What one sandbox may reach. What is not allowed is denied.
 *
 * @param unrestricted whether every public host is allowed at ports 80, 443 and from 1024 on
 * @param ask whether a person is asked about hosts that no rule names
 * @param inspected HTTPS to these hosts is looked into, even if no rule or secret needs it
 */
public record EgressPolicy(
    List<EgressRule> rules,
    boolean unrestricted,
    boolean ask,
    List<HostPattern> inspected,
    List<EgressSecret> secrets) {
  public static final EgressPolicy NOTHING =
      new EgressPolicy(List.of(), false, false, List.of(), List.of());

  private static final int FIRST_USER_PORT = 1024;

  public EgressPolicy {
    rules = List.copyOf(rules);
    inspected = List.copyOf(inspected);
    secrets = List.copyOf(secrets);
  }

  /** These hosts, as {@link EgressRule#parse} reads them; an empty list is nothing. */
  public static EgressPolicy of(List<String> hosts) {
    return NOTHING.withRules(hosts.stream().map(EgressRule::parse).toList());
  }

  public EgressPolicy withRules(List<EgressRule> allowed) {
    return new EgressPolicy(allowed, unrestricted, ask, inspected, secrets);
  }

  public EgressPolicy withUnrestricted() {
    return new EgressPolicy(rules, true, ask, inspected, secrets);
  }

  public EgressPolicy withAsk() {
    return new EgressPolicy(rules, unrestricted, true, inspected, secrets);
  }

  public EgressPolicy withInspected(List<HostPattern> hosts) {
    return new EgressPolicy(rules, unrestricted, ask, hosts, secrets);
  }

  public EgressPolicy withSecrets(List<EgressSecret> known) {
    return new EgressPolicy(rules, unrestricted, ask, inspected, known);
  }

  /** Whether a tunnel may be opened; what is asked inside is not known yet. */
  Decision tunnel(Target target) {
    List<EgressRule> rulesForIt = rules.stream().filter(rule -> rule.concerns(target)).toList();
    Optional<EgressRule> raw = rulesForIt.stream().filter(EgressRule::tcp).findFirst();
    if (raw.isPresent()) {
      return allow(raw.get(), target);
    }
    Optional<EgressRule> whole =
        rulesForIt.stream().filter(rule -> !rule.needsInspection()).findFirst();
    if (whole.isPresent()) {
      return allow(whole.get(), target);
    }
    return rulesForIt.isEmpty() ? beyondRules(target) : allow(rulesForIt.getFirst(), target);
  }

  /** Whether a request that is seen may be made. */
  Decision request(Target target, String method, String path) {
    List<EgressRule> rulesForIt = rules.stream().filter(rule -> rule.concerns(target)).toList();
    for (EgressRule rule : rulesForIt) {
      if (rule.allows(method, path)) {
        return allow(rule, target);
      }
    }
    if (rulesForIt.isEmpty()) {
      return beyondRules(target);
    }
    return new Decision.Deny(
        Denial.METHOD_OR_PATH,
        "%s %s of %s is not allowed; this environment's list allows %s"
            .formatted(
                method,
                Text.shown(path, 200),
                target,
                String.join("; ", rulesForIt.stream().map(EgressRule::text).toList())));
  }

  private static Decision allow(EgressRule rule, Target target) {
    return new Decision.Allow(rule.text(), true, rule.anywhere(target), rule.tcp());
  }

  private Decision beyondRules(Target target) {
    if (unrestricted) {
      boolean port =
          EgressRule.USUAL_PORTS.contains(target.port()) || target.port() >= FIRST_USER_PORT;
      return port
          ? new Decision.Allow("unrestricted", false, true, false)
          : new Decision.Deny(
              Denial.PORT,
              "port %d of %s is not allowed; allow it by adding \"%s\" to the environment's hosts"
                  .formatted(target.port(), target.host(), target));
    }
    Optional<EgressRule> otherPort =
        rules.stream().filter(rule -> rule.host().matches(target.host())).findFirst();
    if (otherPort.isPresent()) {
      return new Decision.Deny(
          Denial.PORT,
          "port %d of %s is not on this environment's list; allow it by adding \"%s\" to its hosts"
              .formatted(target.port(), target.host(), target));
    }
    return ask
        ? new Decision.Ask()
        : new Decision.Deny(
            Denial.HOST,
            "host %s is not on this environment's list; allow it by adding \"%s\" to its hosts"
                .formatted(
                    target.host(),
                    EgressRule.USUAL_PORTS.contains(target.port())
                        ? target.host()
                        : target.toString()));
  }

  /** Whether TLS to this host must be looked into. */
  boolean inspects(Target target) {
    List<EgressRule> rulesForIt = rules.stream().filter(rule -> rule.concerns(target)).toList();
    boolean onlyPartly =
        !rulesForIt.isEmpty() && rulesForIt.stream().allMatch(EgressRule::needsInspection);
    return onlyPartly
        || inspected.stream().anyMatch(pattern -> pattern.matches(target.host()))
        || !secretsFor(target.host()).isEmpty();
  }

  List<EgressSecret> secretsFor(Host host) {
    return secrets.stream().filter(secret -> secret.isFor(host)).toList();
  }
}
