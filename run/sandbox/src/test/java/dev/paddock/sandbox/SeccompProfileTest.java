package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import dev.paddock.sandbox.FilterRule.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The profile for container engines says what our own program says. */
final class SeccompProfileTest {
  private static final long SEED = 7;
  private static final int CALLS = 400;

  private final JsonNode profile = Json.read(SeccompProfile.json(), JsonNode.class);

  @Test
  void namesEveryCallOnce() {
    List<String> names = SeccompProfile.names();
    assertThat(names).doesNotHaveDuplicates().isSorted().hasSizeGreaterThan(360);
    for (Syscall call : Syscall.values()) {
      assertThat(names).contains(call.kernelName());
    }
  }

  @Test
  void refusesWhatItDoesNotName() {
    assertThat(allows("a_call_of_tomorrow", new long[6])).isFalse();
    assertThat(allows("read", new long[6])).isTrue();
    assertThat(profile.path("defaultAction").asText()).isEqualTo("SCMP_ACT_ERRNO");
  }

  /** libc falls back to older calls for this error only. */
  @Test
  void saysThatNewerFormsOfCallsAreNotThere() {
    for (String name : List.of("clone3", "openat2")) {
      assertThat(entries(name)).hasSize(1);
      assertThat(entries(name).getFirst().path("errnoRet").asInt()).isEqualTo(38);
    }
    assertThat(entries("mount").getFirst().path("errnoRet").asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void decidesAsTheProgramDoes(Architecture architecture) {
    BpfProgram program = SystemCallFilter.program(architecture, Measure.ALL);
    Random random = new Random(SEED);
    int refused = 0;
    for (FilterRule rule : SystemCallFilter.rules(Measure.ALL)) {
      if (rule.call().number(architecture).isEmpty()) {
        continue;
      }
      int number = rule.call().number(architecture).getAsInt();
      for (int i = 0; i < CALLS; i++) {
        long[] arguments = arguments(rule, random);
        boolean allowed =
            TestingBpf.run(program, architecture.auditToken(), number, arguments)
                == FilterRule.ALLOW;
        assertThat(allows(rule.call().kernelName(), arguments))
            .as(rule.call() + " " + List.of(arguments[0], arguments[1], arguments[2], arguments[3]))
            .isEqualTo(allowed);
        refused += allowed ? 0 : 1;
      }
    }
    assertThat(refused).isGreaterThan(CALLS);
  }

  /** Near the values that a rule looks at, with junk above the half that counts. */
  private static long[] arguments(FilterRule rule, Random random) {
    long[] arguments = new long[6];
    for (List<Condition> conditions : rule.cases()) {
      for (Condition condition : conditions) {
        long near = condition.value() ^ (random.nextInt(4) == 0 ? 1L << random.nextInt(32) : 0);
        long any = random.nextInt() & (random.nextBoolean() ? condition.mask() : -1);
        if (arguments[condition.argument()] == 0 || random.nextBoolean()) {
          arguments[condition.argument()] =
              (random.nextBoolean() ? near : any) & 0xFFFF_FFFFL
                  | (random.nextBoolean() ? (long) random.nextInt() << 32 : 0);
        }
      }
    }
    return arguments;
  }

  private List<JsonNode> entries(String name) {
    List<JsonNode> entries = new ArrayList<>();
    for (JsonNode entry : profile.path("syscalls")) {
      for (JsonNode each : entry.path("names")) {
        if (each.asText().equals(name)) {
          entries.add(entry);
        }
      }
    }
    return entries;
  }

  /** As the specification has it: any entry whose conditions all hold decides. */
  private boolean allows(String name, long[] arguments) {
    boolean allowed = false;
    for (JsonNode entry : entries(name)) {
      boolean matches = true;
      for (JsonNode condition : entry.path("args")) {
        long argument = arguments[condition.path("index").asInt()];
        assertThat(condition.path("op").asText()).isEqualTo("SCMP_CMP_MASKED_EQ");
        matches &=
            (argument & condition.path("value").asLong()) == condition.path("valueTwo").asLong();
      }
      if (matches && !entry.path("action").asText().equals("SCMP_ACT_ALLOW")) {
        return false;
      }
      allowed |= matches;
    }
    return allowed;
  }
}
