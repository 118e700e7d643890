package dev.paddock.sandbox;

import static dev.paddock.sandbox.TestingArena.perl;
import static dev.paddock.sandbox.TestingArena.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.sandbox.TestingArena.Attack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Attacks 16 to 22 of {@code docs/sandbox.md}: the kernel's interfaces. */
@EnabledOnOs(OS.LINUX)
final class KernelAttackTest {
  /** Runs its arguments with a new terminal as standard input and controlling terminal. */
  private static final String WITH_TERMINAL =
      """
      use POSIX;
      open(my $master, '+<', '/dev/ptmx') or die;
      my ($unlocked, $number) = (pack('L', 0), pack('L', 0));
      ioctl($master, 0x40045431, $unlocked) && ioctl($master, 0x80045430, $number) or die;
      my $child = fork;
      if ($child == 0) {
        POSIX::setsid();
        open(STDIN, '+<', '/dev/pts/' . unpack('L', $number)) or die;
        my $none = 0;
        ioctl(STDIN, 0x540E, $none) or die;
        exec @ARGV or die;
      }
      waitpid($child, 0);
      exit($? >> 8);
      """;

  private TestingArena arena;

  @BeforeEach
  void open() throws Exception {
    arena = new TestingArena();
  }

  @AfterEach
  void close() throws Exception {
    arena.close();
  }

  /** An attack that succeeds when the call returns something other than −1. */
  private static Attack call(Syscall call, String arguments) {
    return perl(TestingProbes.call(call.kernelName(), arguments));
  }

  private static int number(Syscall call) {
    return call.number(Machine.THIS.architecture()).orElseThrow();
  }

  private static boolean worksUnconfined(String program) throws Exception {
    return TestingHostPerl.run(program) == 0;
  }

  /** Two measures: the filter, and a limit of user namespaces that the kernel keeps. */
  @Test
  void attack16_unsharesAUserNamespace() throws Exception {
    arena.assertHeldBy(
        script("unshare -U true"), Measure.FILTER_NAMESPACES, Measure.NO_NESTED_USER_NAMESPACES);
  }

  @Test
  void attack16_clonesIntoAUserNamespace() throws Exception {
    arena.assertHeldBy(
        perl(TestingProbes.cloneIntoAUserNamespace()),
        Measure.FILTER_NAMESPACES,
        Measure.NO_NESTED_USER_NAMESPACES);
  }

  /** An inner bubblewrap also mounts, and writes its user map into /proc: four measures. */
  @Test
  void attack16_startsABoxInTheBox() throws Exception {
    arena.assertHeldBy(
        script("bwrap --unshare-user --ro-bind / / true"),
        Measure.FILTER_NAMESPACES,
        Measure.NO_NESTED_USER_NAMESPACES,
        Measure.FILTER_MOUNTS,
        Measure.READ_ONLY_PROC);
  }

  @Test
  void attack17_connectsToASocketInTheWorkspace() throws Exception {
    arena.assertHeldBy(
        round -> {
          Path socket = round.workspace().resolve("host.sock");
          try (TestingListener listener = TestingListener.unix(socket)) {
            round.perl(TestingProbes.connectToSocket("/workspace/host.sock"));
            return listener.hit();
          }
        },
        Measure.FILTER_SOCKETS);
  }

  /** A network namespace has abstract names of its own: two measures. */
  @Test
  void attack17_connectsToAnAbstractSocketOfTheHost() throws Exception {
    String name = "paddock-" + arena.canary();
    Attack attack = perl(TestingProbes.connectToAbstractSocket(name));
    try (TestingHostPerl host = TestingHostPerl.start(TestingProbes.listenOnAbstractSocket(name))) {
      arena.assertHeldBy(attack, Measure.FILTER_SOCKETS, Measure.NETWORK_NAMESPACE);
      assertThat(host.alive()).isTrue();
    }
  }

  @Test
  void attack17_hidesTheFamilyBehindAnIntegerThatTheKernelCuts() throws Exception {
    arena.assertHeldBy(call(Syscall.SOCKET, "0x100000001, 1, 0"), Measure.FILTER_SOCKETS);
  }

  /** A pair of datagram sockets needs no path, but can be connected to one later. */
  @Test
  void attack17_reconnectsASocketPair() throws Exception {
    Path socket = arena.host().resolve("datagrams");
    try (TestingHostPerl host =
        TestingHostPerl.start(
            """
            use Socket;
            socket(S, AF_UNIX, SOCK_DGRAM, 0) && bind(S, pack_sockaddr_un('%s')) or die;
            """
                .formatted(socket))) {
      arena.assertHeldBy(
          round -> {
            Files.createLink(round.workspace().resolve("datagrams"), socket);
            return round
                    .perl(
                        """
                        use Socket;
                        socketpair(A, B, AF_UNIX, SOCK_DGRAM, 0) or exit 1;
                        connect(A, pack_sockaddr_un('/workspace/datagrams')) or exit 1;
                        exit(!send(A, 'x', 0));
                        """)
                    .exitCode()
                == 0;
          },
          Measure.FILTER_SOCKETS);
      assertThat(host.alive()).isTrue();
    }
  }

  @Test
  void attack18_opensASocketToTheHypervisor() throws Exception {
    Attack attack = call(Syscall.SOCKET, "40, 1, 0");
    arena.assertHeld(attack);
    assumeTrue(
        worksUnconfined("exit(syscall(" + number(Syscall.SOCKET) + ", 40, 1, 0) == -1)"),
        "this kernel has no vsock");
    arena.assertHeldBy(attack, Measure.FILTER_SOCKETS);
  }

  /** Two measures: no capability, and a network that a parent user namespace owns. */
  @Test
  void attack19_opensARawSocket() throws Exception {
    arena.assertHeldBy(
        call(Syscall.SOCKET, "2, 3, 1"), Measure.NO_CAPABILITIES, Measure.USER_NAMESPACE);
  }

  /** The filter as well: three measures. */
  @Test
  void attack19_opensAPacketSocket() throws Exception {
    arena.assertHeldBy(
        call(Syscall.SOCKET, "17, 3, 0x0300"),
        Measure.FILTER_SOCKETS,
        Measure.NO_CAPABILITIES,
        Measure.USER_NAMESPACE);
  }

  /** Two measures: the filter, and a session without a controlling terminal. */
  @Test
  void attack20_typesIntoTheTerminalOfTheHost() throws Exception {
    Path legacy = Path.of("/proc/sys/dev/tty/legacy_tiocsti");
    boolean refused = Files.exists(legacy) && Files.readString(legacy).startsWith("0");
    arena.options(LaunchOptions.PRODUCTION.withPrefix(List.of("perl", "-e", WITH_TERMINAL)));
    Attack attack = perl("my $key = 'x'; exit(!ioctl(STDIN, 0x5412, $key))");
    arena.assertHeld(attack);
    assumeTrue(!refused, "this kernel refuses TIOCSTI to everyone");
    arena.assertHeldBy(attack, Measure.FILTER_TERMINAL, Measure.NEW_SESSION);
  }

  @Test
  void attack21_tracesAProcess() throws Exception {
    arena.assertHeldBy(perl(TestingProbes.traceAProcess()), Measure.FILTER_TRACING);
  }

  @Test
  void attack21_readsTheMemoryOfAProcess() throws Exception {
    arena.assertHeldBy(perl(TestingProbes.readTheMemoryOfAProcess()), Measure.FILTER_TRACING);
  }

  @Test
  void attack21_usesAKeyring() throws Exception {
    arena.assertHeldBy(call(Syscall.KEYCTL, "0, -3, 1"), Measure.FILTER_KEYS);
  }

  @Test
  void attack21_setsUpAnIoUring() throws Exception {
    Attack attack = perl(TestingProbes.setUpAnIoUring());
    arena.assertHeld(attack);
    assumeTrue(setting("kernel/io_uring_disabled").equals("0"), "this kernel allows no io_uring");
    arena.assertHeldBy(attack, Measure.FILTER_IO_URING);
  }

  @Test
  void attack21_makesABpfMap() throws Exception {
    Attack attack =
        perl(
            """
            my $map = pack('L4', 2, 4, 4, 1) . "\\0" x 100;
            exit(syscall(%d, 0, $map, length $map) == -1);
            """
                .formatted(number(Syscall.BPF)));
    arena.assertHeld(attack);
    assumeTrue(
        setting("kernel/unprivileged_bpf_disabled").equals("0"),
        "this kernel itself refuses bpf to processes without capabilities");
    arena.assertHeldBy(attack, Measure.FILTER_BPF);
  }

  @Test
  void attack21_catchesPageFaults() throws Exception {
    arena.assertHeldBy(call(Syscall.USERFAULTFD, "1"), Measure.FILTER_USERFAULTFD);
  }

  private static String setting(String name) throws IOException {
    Path file = Path.of("/proc/sys").resolve(name);
    return Files.exists(file) ? Files.readString(file).strip() : "";
  }

  /** A 64-bit program that calls getpid through the 32-bit entry: {@code int 0x80}. */
  @Test
  void attack22_callsTheKernelAsI386() throws Exception {
    assumeTrue(Machine.THIS.architecture() == Architecture.X86_64, "needs x86-64");
    byte[] program = TestingProbes.i386();
    Attack attack =
        round -> {
          Path file = Files.write(round.workspace().resolve("i386"), program);
          assertThat(file.toFile().setExecutable(true)).isTrue();
          return round.bash("./i386").exitCode() == 0;
        };
    arena.assertHeldBy(attack, Measure.FILTER_ARCHITECTURES);
  }

  @Test
  void attack22_callsTheKernelAsX32() throws Exception {
    assumeTrue(Machine.THIS.architecture() == Architecture.X86_64, "needs x86-64");
    String program = "exit(syscall(0x40000027) <= 0)";
    arena.assertHeld(perl(program));
    assumeTrue(worksUnconfined(program), "this kernel has no x32 ABI");
    arena.assertHeldBy(perl(program), Measure.FILTER_ARCHITECTURES, Measure.FILTER_UNKNOWN);
  }

  /** Not of the numbered list: a setuid program of root's, left in a workspace that root owns. */
  @Test
  void makesAProgramSetuid() throws Exception {
    arena.assertHeldBy(
        round -> {
          round.bash("cp /bin/true own; chmod 4755 own");
          int mode = (int) Files.getAttribute(round.workspace().resolve("own"), "unix:mode");
          return (mode & 06000) != 0;
        },
        Measure.FILTER_SET_ID);
  }
}
