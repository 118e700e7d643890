package dev.paddock.docker;

import static dev.paddock.docker.ContainerArena.perl;
import static dev.paddock.docker.ContainerArena.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.sandbox.TestingHostPerl;
import dev.paddock.sandbox.TestingListener;
import dev.paddock.sandbox.TestingProbes;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks 16 to 22 of {@code docs/sandbox.md} on containers: the kernel's interfaces. */
final class ContainerKernelAttackTest {
  @TempDir Path folder;
  private ContainerArena arena;

  @BeforeEach
  void open() {
    TestingEngines.assumeEngine();
    arena = new ContainerArena(folder);
  }

  private static boolean worksUnconfined(String program) throws Exception {
    return TestingHostPerl.run(program) == 0;
  }

  @Test
  void attack16_unsharesAUserNamespace() throws Exception {
    arena.assertHeldBy(script("unshare -U true"), Measure.SYSTEM_CALL_FILTER);
  }

  @Test
  void attack16_clonesIntoAUserNamespace() throws Exception {
    arena.assertHeldBy(perl(TestingProbes.cloneIntoAUserNamespace()), Measure.SYSTEM_CALL_FILTER);
  }

  @Test
  void attack17_connectsToASocketInTheWorkspace() throws Exception {
    arena.assertHeldBy(
        round -> {
          try (TestingListener listener =
              TestingListener.unix(round.workspace().resolve("host.sock"))) {
            round.perl(TestingProbes.connectToSocket("/workspace/host.sock"));
            return listener.hit();
          }
        },
        Measure.SYSTEM_CALL_FILTER);
  }

  @Test
  void attack17_connectsToAnAbstractSocketOfTheHost() throws Exception {
    String name = "paddock-" + arena.canary();
    try (TestingHostPerl host = TestingHostPerl.start(TestingProbes.listenOnAbstractSocket(name))) {
      arena.assertHeldBy(
          perl(TestingProbes.connectToAbstractSocket(name)),
          Measure.SYSTEM_CALL_FILTER,
          Measure.NO_NETWORK);
      assertThat(host.alive()).isTrue();
    }
  }

  @Test
  void attack17_hidesTheFamilyBehindAnIntegerThatTheKernelCuts() throws Exception {
    arena.assertHeldBy(
        perl(TestingProbes.call("socket", "0x100000001, 1, 0")), Measure.SYSTEM_CALL_FILTER);
  }

  @Test
  void attack18_opensASocketToTheHypervisor() throws Exception {
    String program = TestingProbes.call("socket", "40, 1, 0");
    arena.assertHeld(perl(program));
    assumeTrue(worksUnconfined(program), "this kernel has no vsock");
    arena.assertHeldBy(perl(program), Measure.SYSTEM_CALL_FILTER);
  }

  @Test
  void attack19_opensARawSocket() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    arena.assertHeldBy(perl(TestingProbes.call("socket", "2, 3, 1")), Measure.NO_CAPABILITIES);
  }

  @Test
  void attack19_opensAPacketSocket() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    arena.assertHeldBy(
        perl(TestingProbes.call("socket", "17, 3, 0x0300")),
        Measure.NO_CAPABILITIES,
        Measure.SYSTEM_CALL_FILTER);
  }

  /** There is no terminal to type into. */
  @Test
  void attack20_typesIntoTheTerminalOfTheHost() throws Exception {
    arena.assertHeld(script("exec 9<>/dev/tty"));
    arena.assertHeld(script("[ -t 0 ] || [ -t 1 ] || [ -t 2 ]"));
  }

  @Test
  void attack21_tracesAProcess() throws Exception {
    arena.assertHeldBy(perl(TestingProbes.traceAProcess()), Measure.SYSTEM_CALL_FILTER);
  }

  @Test
  void attack21_readsTheMemoryOfAProcess() throws Exception {
    arena.assertHeldBy(perl(TestingProbes.readTheMemoryOfAProcess()), Measure.SYSTEM_CALL_FILTER);
  }

  @Test
  void attack21_usesAKeyring() throws Exception {
    arena.assertHeldBy(perl(TestingProbes.call("keyctl", "0, -3, 1")), Measure.SYSTEM_CALL_FILTER);
  }

  @Test
  void attack21_setsUpAnIoUring() throws Exception {
    arena.assertHeld(perl(TestingProbes.setUpAnIoUring()));
    Path setting = Path.of("/proc/sys/kernel/io_uring_disabled");
    assumeTrue(
        Files.exists(setting) && Files.readString(setting).startsWith("0"),
        "this kernel allows no io_uring");
    arena.assertHeldBy(perl(TestingProbes.setUpAnIoUring()), Measure.SYSTEM_CALL_FILTER);
  }

  @Test
  void attack21_makesABpfMapOrCatchesPageFaults() throws Exception {
    arena.assertHeld(
        perl(
            "my $map = pack('L4', 2, 4, 4, 1) . \"\\0\" x 100; "
                + TestingProbes.call("bpf", "0, $map, length $map")));
    arena.assertHeld(perl(TestingProbes.call("userfaultfd", "1")));
  }

  @Test
  void attack22_callsTheKernelAsI386() throws Exception {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "needs x86-64");
    arena.assertHeldBy(
        round -> {
          Path file = Files.write(round.workspace().resolve("i386"), TestingProbes.i386());
          assertThat(file.toFile().setExecutable(true, false)).isTrue();
          return round.bash("./i386").exitCode() == 0;
        },
        Measure.SYSTEM_CALL_FILTER);
  }

  @Test
  void attack22_callsTheKernelAsX32() throws Exception {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "needs x86-64");
    arena.assertHeld(perl("exit(syscall(0x40000027) <= 0)"));
  }

  /** Not of the numbered list: a setuid program left in a workspace. */
  @Test
  void makesAProgramSetuid() throws Exception {
    arena.assertHeldBy(
        round -> {
          round.bash("cp /bin/true own; chmod 4755 own");
          int mode = (int) Files.getAttribute(round.workspace().resolve("own"), "unix:mode");
          return (mode & 06000) != 0;
        },
        Measure.SYSTEM_CALL_FILTER);
  }
}
