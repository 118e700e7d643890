package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import dev.paddock.sandbox.FilterRule.Condition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random calls, on both architectures: what the program answers is what a second decision says, and
 * what a container's filter answers that libseccomp made of our profile. {@code
 * -Dpaddock.soak=true} asks 300,000 times each.
 */
final class SystemCallFilterFuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("paddock.soak") ? 300_000 : 20_000;
  private static final long SEED = Long.getLong("paddock.fuzz.seed", 7);
  private static final int[] TOKENS = {0x4000_0003, 0x4000_0028, 0xC000_003E, 0xC000_00B7, 0};

  private final Map<Integer, List<Condition>> watched = new HashMap<>();
  private final Optional<TestingLibSeccomp> library = TestingLibSeccomp.load();
  @TempDir private Path folder;

  @BeforeEach
  void requireLibrary() {
    assumeTrue(library.isPresent(), "libseccomp.so.2 is not installed");
  }

  /** One call, with the token that the kernel would show. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Call(int token, int number, long[] arguments) {
    @Override
    public String toString() {
      return "%x %d %s".formatted(token, number, Arrays.toString(arguments));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theProgramAnswersAsTheReference(Architecture architecture) throws Throwable {
    byte[] program = SystemCallFilter.program(architecture, Measure.ALL).bytes();
    Map<String, Integer> numbers = library.orElseThrow().numbers(architecture);
    ReferenceFilter reference =
        new ReferenceFilter(
            architecture.auditToken(), architecture == Architecture.X86_64, numbers);
    Set<Integer> unknown = unknown(architecture, numbers);
    Map<ReferenceFilter.Answer, Integer> answers = new EnumMap<>(ReferenceFilter.Answer.class);
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Call call = call(architecture, random);
      if (!unknown.contains(call.number())) {
        ReferenceFilter.Answer expected =
            reference.answer(call.token(), call.number(), call.arguments());
        assertThat(TestingBpf.run(program, call.token(), call.number(), call.arguments()))
            .as("%s", call)
            .isEqualTo(expected.action);
        answers.merge(expected, 1, Integer::sum);
      }
    }
    assertThat(answers).containsOnlyKeys(ReferenceFilter.Answer.values());
    assertThat(answers.values()).allMatch(count -> count > ROUNDS / 100);
  }

  @ParameterizedTest
  @EnumSource
  void aContainersFilterAnswersAsTheProgram(Architecture architecture) throws Throwable {
    byte[] program = SystemCallFilter.program(architecture, Measure.ALL).bytes();
    byte[] containers =
        library
            .orElseThrow()
            .compile(Json.read(SeccompProfile.json(), JsonNode.class), architecture, folder);
    Set<Integer> known = new HashSet<>(library.orElseThrow().numbers(architecture).values());
    Random random = new Random(SEED);
    int allowed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Call call = call(architecture, random);
      int box = TestingBpf.run(program, call.token(), call.number(), call.arguments());
      int container = TestingBpf.run(containers, call.token(), call.number(), call.arguments());
      boolean own = call.token() == architecture.auditToken();
      if (own && known.contains(call.number())) {
        assertThat(container == FilterRule.ALLOW).as("%s", call).isEqualTo(box == FilterRule.ALLOW);
      } else {
        // a call that the engine's library does not know is refused there, whatever we say
        assertThat(container).as("%s", call).isNotEqualTo(FilterRule.ALLOW);
      }
      allowed += container == FilterRule.ALLOW ? 1 : 0;
    }
    assertThat(allowed).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
  }

  /** Calls of ours that libseccomp is too old to name. */
  private static Set<Integer> unknown(Architecture architecture, Map<String, Integer> numbers) {
    Set<Integer> unknown = new HashSet<>();
    for (Syscall call : Syscall.values()) {
      if (!numbers.containsKey(call.kernelName())) {
        call.number(architecture).ifPresent(unknown::add);
      }
    }
    return unknown;
  }

  /** Mostly calls that have rules, near the values that these look at, with junk above. */
  private Call call(Architecture architecture, Random random) {
    int token =
        random.nextInt(20) == 0 ? TOKENS[random.nextInt(TOKENS.length)] : architecture.auditToken();
    int number =
        switch (random.nextInt(8)) {
          case 0 -> random.nextInt();
          case 1 -> random.nextInt(Syscall.HIGHEST_KNOWN + 40);
          case 2 -> 0x4000_0000 | random.nextInt(Syscall.HIGHEST_KNOWN);
          default -> ruled(architecture, random);
        };
    long[] arguments = random.longs(6).toArray();
    for (Condition condition : conditions(architecture, number)) {
      if (random.nextBoolean()) {
        long near = condition.value() ^ (random.nextInt(3) == 0 ? 1L << random.nextInt(32) : 0);
        long masked = random.nextBoolean() ? near : random.nextInt() & condition.mask();
        arguments[condition.argument()] =
            (masked & 0xFFFF_FFFFL) | (random.nextBoolean() ? random.nextLong() << 32 : 0);
      }
    }
    return new Call(token, number, arguments);
  }

  private static int ruled(Architecture architecture, Random random) {
    List<FilterRule> rules = SystemCallFilter.rules(Measure.ALL);
    OptionalInt number = OptionalInt.empty();
    while (number.isEmpty()) {
      FilterRule rule = rules.get(random.nextInt(rules.size()));
      boolean takeIt = !rule.cases().isEmpty() || random.nextInt(4) == 0;
      number = takeIt ? rule.call().number(architecture) : OptionalInt.empty();
    }
    return number.getAsInt();
  }

  private List<Condition> conditions(Architecture architecture, int number) {
    return watched.computeIfAbsent(
        number,
        asked -> {
          List<Condition> conditions = new ArrayList<>();
          for (FilterRule rule : SystemCallFilter.rules(Measure.ALL)) {
            if (rule.call().number(architecture).orElse(-1) == asked) {
              rule.cases().forEach(conditions::addAll);
            }
          }
          return conditions;
        });
  }
}
