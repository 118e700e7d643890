package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.sandbox.FilterRule.Errno;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.EnumSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both architectures by interpretation; the machine's own also runs in the attack tests. */
final class SystemCallFilterTest {
  private static final int I386 = 0x4000_0003;
  private static final int ARM = 0x4000_0028;

  /** Calls whose answer depends on their arguments. */
  private static final Set<Syscall> CONDITIONAL =
      EnumSet.of(
          Syscall.OPEN,
          Syscall.OPENAT,
          Syscall.CREAT,
          Syscall.IOCTL,
          Syscall.SOCKET,
          Syscall.SOCKETPAIR,
          Syscall.CLONE,
          Syscall.PERSONALITY,
          Syscall.CHMOD,
          Syscall.FCHMOD,
          Syscall.FCHMODAT,
          Syscall.FCHMODAT2,
          Syscall.MKNOD,
          Syscall.MKNODAT);

  private static final Set<Syscall> NOT_THERE =
      EnumSet.of(Syscall.CLONE3, Syscall.OPENAT2, Syscall.MEMFD_SECRET);

  private static int answer(Architecture architecture, int number, long... arguments) {
    BpfProgram program = SystemCallFilter.program(architecture, Measure.ALL);
    return TestingBpf.run(program, architecture.auditToken(), number, arguments);
  }

  private static int answer(Architecture architecture, Syscall call, long... arguments) {
    return answer(architecture, call.number(architecture).orElseThrow(), arguments);
  }

  private static void assertRefused(Architecture on, Syscall call, long... arguments) {
    assertThat(answer(on, call, arguments)).as("%s", call).isNotEqualTo(FilterRule.ALLOW);
  }

  private static void assertAllowed(Architecture on, Syscall call, long... arguments) {
    assertThat(answer(on, call, arguments)).as("%s", call).isEqualTo(FilterRule.ALLOW);
  }

  @OnEachArchitecture
  void refusesEveryCallOfTheTableThatHasNoCondition(Architecture architecture) {
    for (Syscall call : EnumSet.complementOf(EnumSet.copyOf(CONDITIONAL))) {
      if (call.number(architecture).isPresent()) {
        Errno errno = NOT_THERE.contains(call) ? Errno.ENOSYS : Errno.EPERM;
        assertThat(answer(architecture, call)).as("%s", call).isEqualTo(errno.action());
      }
    }
  }

  @OnEachArchitecture
  void allowsEveryOtherKnownCall(Architecture architecture) {
    for (int number = 0; number <= Syscall.HIGHEST_KNOWN; number++) {
      int asked = number;
      boolean listed =
          EnumSet.allOf(Syscall.class).stream()
              .anyMatch(call -> call.number(architecture).orElse(-1) == asked);
      if (!listed) {
        assertThat(answer(architecture, number)).as("call %d", number).isEqualTo(FilterRule.ALLOW);
      }
    }
  }

  @OnEachArchitecture
  void refusesUnknownCallsAndTheX32Abi(Architecture architecture) {
    for (int number :
        new int[] {463, 500, 1 << 20, 0x4000_0000, 0x4000_0027, -1, Integer.MIN_VALUE}) {
      assertThat(answer(architecture, number))
          .as("call %d", number)
          .isEqualTo(Errno.ENOSYS.action());
    }
  }

  @OnEachArchitecture
  void killsWhoSpeaksAnotherArchitecture(Architecture architecture) {
    BpfProgram program = SystemCallFilter.program(architecture, Measure.ALL);
    for (int token : new int[] {I386, ARM, 0}) {
      assertThat(TestingBpf.run(program, token, 20)).isEqualTo(FilterRule.KILL_PROCESS);
    }
    for (Architecture other : Architecture.values()) {
      if (other != architecture) {
        assertThat(TestingBpf.run(program, other.auditToken(), 0))
            .isEqualTo(FilterRule.KILL_PROCESS);
      }
    }
  }

  @OnEachArchitecture
  void opensOnlyNetworkSockets(Architecture architecture) {
    for (int family = 0; family < 64; family++) {
      if (family == 2 || family == 10 || family == 16) {
        assertAllowed(architecture, Syscall.SOCKET, family, 1, 0);
      } else {
        assertThat(answer(architecture, Syscall.SOCKET, family, 1, 0))
            .as("family %d", family)
            .isEqualTo(Errno.EAFNOSUPPORT.action());
      }
    }
    assertRefused(architecture, Syscall.SOCKET, 0x1_0000_0001L, 1, 0);
    assertAllowed(architecture, Syscall.SOCKET, 0x1_0000_0002L, 1, 0);
    assertRefused(architecture, Syscall.SOCKET, 16, 3, 12);
  }

  @OnEachArchitecture
  void pairsOnlySocketsThatCannotBeReconnected(Architecture architecture) {
    int cloexec = 02000000;
    assertAllowed(architecture, Syscall.SOCKETPAIR, 1, 1 | cloexec, 0);
    assertAllowed(architecture, Syscall.SOCKETPAIR, 1, 5, 0);
    assertRefused(architecture, Syscall.SOCKETPAIR, 1, 2, 0);
    assertRefused(architecture, Syscall.SOCKETPAIR, 1, 2 | cloexec, 0);
    assertRefused(architecture, Syscall.SOCKETPAIR, 40, 1, 0);
  }

  @OnEachArchitecture
  void clonesThreadsAndProcessesButNoNamespaces(Architecture architecture) {
    assertAllowed(architecture, Syscall.CLONE, 17);
    assertAllowed(architecture, Syscall.CLONE, 0x003D_0F00);
    for (long flag :
        new long[] {
          0x20000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000
        }) {
      assertRefused(architecture, Syscall.CLONE, flag | 17);
      assertRefused(architecture, Syscall.CLONE, flag | 17 | 0x7_0000_0000L);
    }
  }

  @OnEachArchitecture
  void typesIntoNoTerminal(Architecture architecture) {
    for (long command : new long[] {0x5412, 0x541C, 0x5423, 0x1_0000_5412L}) {
      assertRefused(architecture, Syscall.IOCTL, 0, command);
    }
    for (long command : new long[] {0x5401, 0x5413, 0x541B, 0x5421}) {
      assertAllowed(architecture, Syscall.IOCTL, 0, command);
    }
  }

  @OnEachArchitecture
  void makesNoFileSetuid(Architecture architecture) {
    for (int mode : new int[] {04755, 02755, 06000}) {
      assertRefused(architecture, Syscall.FCHMOD, 3, mode);
      assertRefused(architecture, Syscall.FCHMODAT, 3, 0, mode);
      assertRefused(architecture, Syscall.FCHMODAT2, 3, 0, mode, 0);
      assertRefused(architecture, Syscall.MKNODAT, 3, 0, mode);
      assertRefused(architecture, Syscall.OPENAT, 3, 0, 0101, mode);
      assertRefused(architecture, Syscall.OPENAT, 3, 0, 020200002, mode);
      assertAllowed(architecture, Syscall.OPENAT, 3, 0, 01, mode); // without O_CREAT it is junk
    }
    assertAllowed(architecture, Syscall.OPENAT, 3, 0, 0101, 0644);
    assertAllowed(architecture, Syscall.FCHMODAT, 3, 0, 01777);
  }

  @OnEachArchitecture
  void asksForItsPersonalityButChangesNone(Architecture architecture) {
    assertAllowed(architecture, Syscall.PERSONALITY, 0xFFFF_FFFFL);
    assertAllowed(architecture, Syscall.PERSONALITY, 0);
    assertRefused(architecture, Syscall.PERSONALITY, 0x004_0000);
  }

  /** High halves of arguments are never looked at: the kernel cuts them off as well. */
  @OnEachArchitecture
  void answersTheSameWithJunkInTheHighHalves(Architecture architecture) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    BpfProgram program = SystemCallFilter.program(architecture, Measure.ALL);
    for (int round = 0; round < 20_000; round++) {
      int number = random.nextInt(Syscall.HIGHEST_KNOWN + 1);
      long[] plain = random.longs(6, 0, 1L << 32).toArray();
      long[] junk = plain.clone();
      for (int i = 0; i < junk.length; i++) {
        junk[i] |= random.nextLong() << 32;
      }
      int token = architecture.auditToken();
      assertThat(TestingBpf.run(program, token, number, junk))
          .isEqualTo(TestingBpf.run(program, token, number, plain));
    }
  }

  @OnEachArchitecture
  void leavesOutOnlyTheMeasureThatIsLeftOut(Architecture architecture) {
    BpfProgram program =
        SystemCallFilter.program(architecture, Measure.allBut(Measure.FILTER_KEYS));
    int keyctl = Syscall.KEYCTL.number(architecture).orElseThrow();
    int ptrace = Syscall.PTRACE.number(architecture).orElseThrow();
    int token = architecture.auditToken();
    assertThat(TestingBpf.run(program, token, keyctl)).isEqualTo(FilterRule.ALLOW);
    assertThat(TestingBpf.run(program, token, ptrace)).isEqualTo(Errno.EPERM.action());
  }

  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  @ParameterizedTest
  @EnumSource(Architecture.class)
  @interface OnEachArchitecture {}
}
