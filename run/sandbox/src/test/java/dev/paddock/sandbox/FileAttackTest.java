package dev.paddock.sandbox;

import static dev.paddock.sandbox.TestingArena.assumeRoot;
import static dev.paddock.sandbox.TestingArena.perl;
import static dev.paddock.sandbox.TestingArena.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.sandbox.TestingArena.Attack;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Attacks 1 to 10 of {@code docs/sandbox.md}: the host's files. */
@EnabledOnOs(OS.LINUX)
final class FileAttackTest {
  private TestingArena arena;

  @BeforeEach
  void open() throws Exception {
    arena = new TestingArena();
  }

  @AfterEach
  void close() throws Exception {
    arena.close();
  }

  private Attack reads(String script) {
    return round -> round.bash(script).stdoutText().contains(arena.canary());
  }

  @Test
  void attack01_readsASecretOfTheHost() throws Exception {
    arena.assertHeldBy(reads("cat " + arena.secret()), Measure.HIDDEN_HOST);
  }

  @Test
  void attack02_readsTheShadowFile() throws Exception {
    assumeRoot("nobody else can read /etc/shadow");
    arena.assertHeldBy(script("head -c 1 /etc/shadow > /dev/null"), Measure.HIDDEN_HOST);
  }

  @Test
  void attack03_readsThroughALinkOutOfTheWorkspace() throws Exception {
    arena.assertHeldBy(reads("ln -s " + arena.secret() + " link; cat link"), Measure.HIDDEN_HOST);
  }

  /** What is hidden cannot be written, and what is shown is read-only: two measures. */
  @Test
  void attack03_writesThroughALinkOutOfTheWorkspace() throws Exception {
    Path target = arena.host().resolve("made-by-the-box");
    arena.assertHeldBy(
        round -> {
          round.bash("ln -s " + target + " link; : >> link");
          return Files.deleteIfExists(target);
        },
        Measure.HIDDEN_HOST,
        Measure.READ_ONLY_SYSTEM);
  }

  /** As for writing through a link, two measures. */
  @Test
  void attack04_linksAHostFileIntoTheWorkspace() throws Exception {
    arena.assertHeldBy(
        round -> {
          round.bash("ln " + arena.secret() + " " + round.workspace() + "/hard");
          return Files.getAttribute(arena.secret(), "unix:nlink").equals(2);
        },
        Measure.HIDDEN_HOST,
        Measure.READ_ONLY_SYSTEM);
  }

  /** The kernel guards the root of a process in a parent user namespace as well: two measures. */
  @Test
  void attack05_readsThroughTheRootOfTheFirstProcess() throws Exception {
    arena.assertHeldBy(
        reads("cat /proc/1/root" + arena.secret()), Measure.PID_NAMESPACE, Measure.USER_NAMESPACE);
  }

  @Test
  void attack06_readsTheEnvironmentOfTheFirstProcess() throws Exception {
    String secret = "PATH=" + System.getenv("PATH") + "\0";
    arena.assertHeldBy(
        round -> round.bash("cat /proc/1/environ").stdoutText().contains(secret),
        Measure.EMPTY_ENVIRONMENT);
  }

  @Test
  void attack06_readsTheCommandLineOfTheFirstProcess() throws Exception {
    arena.assertHeld(
        round ->
            round
                .bash("cat /proc/1/cmdline /proc/1/environ")
                .stdoutText()
                .contains(round.workspace().toString()));
  }

  @Test
  void attack07_opensAProgramForWriting() throws Exception {
    assumeRoot("nobody else may write to /usr anyway");
    arena.assertHeldBy(script(": >> /usr/lib/os-release"), Measure.READ_ONLY_SYSTEM);
  }

  @Test
  void attack08_opensTheCorePatternForWriting() throws Exception {
    assumeRoot("nobody else may write to /proc/sys anyway");
    arena.assertHeldBy(script(": >> /proc/sys/kernel/core_pattern"), Measure.READ_ONLY_PROC);
  }

  @Test
  void attack08_opensTheSysrqTriggerForWriting() throws Exception {
    assumeRoot("nobody else may write to it anyway");
    Attack attack = script("[ -e /proc/sysrq-trigger ] && : >> /proc/sysrq-trigger");
    arena.assertHeld(attack);
    assumeTrue(Files.exists(Path.of("/proc/sysrq-trigger")), "this kernel has no sysrq");
    // bubblewrap itself covers it in a /proc of its own
    arena.assertHeldBy(attack, Measure.READ_ONLY_PROC, Measure.PID_NAMESPACE);
  }

  @Test
  void attack08_looksIntoSys() throws Exception {
    arena.assertHeldBy(script("ls /sys/class/net/lo"), Measure.HIDDEN_HOST);
  }

  private static final String MOUNT = number(Syscall.MOUNT);

  /** Three measures: a filter, no capability, and mounts that a parent user namespace owns. */
  @Test
  void attack09_mounts() throws Exception {
    arena.assertHeldBy(
        perl(
            """
            my ($from, $at, $type) = qw(none /tmp/m tmpfs);
            mkdir $at;
            exit(syscall(%s, $from, $at, $type, 0, 0) != 0);
            """
                .formatted(MOUNT)),
        Measure.FILTER_MOUNTS,
        Measure.NO_CAPABILITIES,
        Measure.USER_NAMESPACE);
  }

  @Test
  void attack09_remountsTheProgramsWritable() throws Exception {
    assumeRoot("nobody else may write to /usr anyway");
    arena.assertHeldBy(
        perl(
            """
            my ($none, $at) = ('none', '/usr');
            syscall(%s, $none, $at, $none, 32 | 4096, 0); # MS_REMOUNT | MS_BIND
            exit(!open(F, '>>', '/usr/lib/os-release'));
            """
                .formatted(MOUNT)),
        Measure.FILTER_MOUNTS,
        Measure.NO_CAPABILITIES,
        Measure.USER_NAMESPACE);
  }

  @Test
  void attack09_unmountsWhatCoversTheHost() throws Exception {
    arena.assertHeldBy(
        perl("my $at = '/etc'; exit(syscall(%s, $at, 2) != 0)".formatted(number(Syscall.UMOUNT2))),
        Measure.FILTER_MOUNTS,
        Measure.NO_CAPABILITIES,
        Measure.USER_NAMESPACE);
  }

  @Test
  void attack10_opensADeviceOfTheHost() throws Exception {
    assumeRoot("devices of the host are closed to others anyway");
    Optional<String> device =
        Stream.of("/dev/vda", "/dev/sda", "/dev/nvme0n1", "/dev/kvm", "/dev/vsock")
            .filter(FileAttackTest::opens)
            .findFirst();
    assumeTrue(device.isPresent(), "no device of the host can be opened here at all");
    arena.assertHeldBy(script("exec 9< " + device.get()), Measure.PRIVATE_DEVICES);
  }

  private static boolean opens(String device) {
    try {
      FileChannel.open(Path.of(device), StandardOpenOption.READ).close();
      return true;
    } catch (IOException closed) {
      return false;
    }
  }

  /**
   * The kernel lets nobody in a user namespace make a device, with or without capabilities: nothing
   * of ours can be left out inside a throwaway user namespace.
   */
  @Test
  void attack10_makesADevice() throws Exception {
    String program =
        """
        my ($pipe, $device) = ('/tmp/pipe', '/tmp/null');
        syscall(%1$s, $pipe, 010666, 0) == 0 or exit 2;
        exit(syscall(%1$s, $device, 020666, 0x103) != 0);
        """
            .formatted(mknod());
    for (Set<Measure> measures :
        List.of(Measure.ALL, Measure.allBut(Measure.NO_CAPABILITIES, Measure.USER_NAMESPACE))) {
      try (TestingArena.Round round = arena.round(measures)) {
        assertThat(round.perl(program).exitCode()).isEqualTo(1);
      }
    }
  }

  private static String mknod() {
    assumeTrue(Machine.THIS.architecture() == Architecture.X86_64, "aarch64 has no mknod");
    return number(Syscall.MKNOD);
  }

  private static String number(Syscall call) {
    return Integer.toString(call.number(Machine.THIS.architecture()).orElse(-1));
  }
}
