package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.agent.EnvironmentRule;
import dev.paddock.agent.HostRule;
import dev.paddock.egress.EgressPolicy;
import dev.paddock.egress.EgressRule;
import dev.paddock.egress.PathPrefix;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EgressRulesTest {
  private static EgressPolicy policy(EnvironmentRule environment) {
    return EgressRules.policy(environment, List.of());
  }

  @Test
  void whatAnEnvironmentSaysIsWhatTheProxyHolds() {
    HostRule rule =
        new HostRule("example.org:81", List.of(8443), List.of("GET"), List.of("/api/"), true);
    EgressPolicy policy =
        policy(
            new EnvironmentRule(
                List.of(HostRule.of("*.example.net"), rule), true, EnvironmentRule.Limits.NONE));
    assertThat(policy.ask()).isTrue();
    assertThat(policy.unrestricted()).isFalse();
    assertThat(policy.rules().getFirst()).isEqualTo(EgressRule.parse("*.example.net"));
    EgressRule second = policy.rules().getLast();
    assertThat(second.ports()).isEqualTo(Set.of(81, 8443));
    assertThat(second.methods()).containsExactly("GET");
    assertThat(second.paths()).containsExactly(new PathPrefix("/api/"));
    assertThat(second.tcp()).isTrue();
  }

  @Test
  void theStarIsEveryPublicHostAndNothingIsNothing() {
    EgressPolicy all = policy(EnvironmentRule.of(List.of("*", "internal.test")));
    assertThat(all.unrestricted()).isTrue();
    assertThat(all.rules()).containsExactly(EgressRule.parse("internal.test"));
    assertThat(policy(EnvironmentRule.NONE)).isEqualTo(EgressPolicy.NOTHING);
    assertThat(EnvironmentRule.NONE.network()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*.com", "127.1", "0x7f.1", "a..b", "-a.example", "a:0", "a:70000"})
  void whatNoProxyCouldHoldIsNamed(String host) {
    assertThatThrownBy(() -> policy(EnvironmentRule.of(List.of(host))))
        .isInstanceOf(NodeException.class)
        .hasMessageContaining("the environment's host \"" + host + "\"");
  }
}
