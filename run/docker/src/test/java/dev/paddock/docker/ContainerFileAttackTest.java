package dev.paddock.docker;

import static dev.paddock.docker.ContainerArena.perl;
import static dev.paddock.docker.ContainerArena.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.docker.ContainerArena.Attack;
import dev.paddock.sandbox.TestingProbes;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks 1 to 10 of {@code docs/sandbox.md} on containers: the host's files. */
final class ContainerFileAttackTest {
  @TempDir Path folder;
  private ContainerArena arena;

  @BeforeEach
  void open() {
    TestingEngines.assumeEngine();
    arena = new ContainerArena(folder);
  }

  private Attack reads(String script) {
    return round ->
        round
            .bash(script.replace("SECRET", round.secret().toString()))
            .stdoutText()
            .contains(arena.canary());
  }

  private static void assumeRoot(String why) {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root: " + why);
  }

  @Test
  void attack01_readsASecretOfTheHost() throws Exception {
    arena.assertHeldBy(reads("cat SECRET"), Measure.ONE_FOLDER);
  }

  @Test
  void attack02_readsTheShadowFile() throws Exception {
    assumeRoot("nobody else can read /etc/shadow");
    String host = Files.readString(Path.of("/etc/shadow"));
    arena.assertHeld(round -> round.bash("cat /etc/shadow").stdoutText().equals(host));
  }

  @Test
  void attack03_readsThroughALinkOutOfTheWorkspace() throws Exception {
    arena.assertHeldBy(reads("ln -s SECRET link; cat link"), Measure.ONE_FOLDER);
  }

  /** What is shown beside the workspace is read-only, too. */
  @Test
  void attack03_writesThroughALinkOutOfTheWorkspace() throws Exception {
    arena.assertHeld(
        round -> {
          round.bash("ln -s %s link; echo x >> link".formatted(round.secret()));
          return Files.size(round.secret()) != arena.canary().length() + 1;
        });
  }

  @Test
  void attack04_linksAHostFileIntoTheWorkspace() throws Exception {
    arena.assertHeld(
        round -> {
          round.bash("ln %s hard; ln %1$s %s/hard".formatted(round.secret(), round.workspace()));
          return Files.getAttribute(round.secret(), "unix:nlink").equals(2);
        });
  }

  @Test
  void attack05_readsThroughTheRootOfTheFirstProcess() throws Exception {
    arena.assertHeld(reads("cat /proc/1/rootSECRET /proc/1/cwd/../beside/secret"));
  }

  @Test
  void attack06_readsWhatTheFirstProcessWasStartedWith() throws Exception {
    arena.assertHeld(
        round -> {
          String seen = round.bash("cat /proc/1/environ /proc/1/cmdline").stdoutText();
          assertThat(seen).contains("TMPDIR=/tmp");
          return seen.contains("PATH=" + System.getenv("PATH") + "\0")
              || seen.contains(round.workspace().toString());
        });
  }

  @Test
  void attack07_writesIntoTheImage() throws Exception {
    assumeRoot("nobody else may write there anyway");
    arena.assertHeldBy(script(": >> /bin/new"), Measure.READ_ONLY_ROOT);
  }

  @Test
  void attack07_writesIntoWhatItIsGiven() throws Exception {
    arena.assertHeld(script(": >> /etc/passwd"));
    arena.assertHeld(script(": >> /etc/hosts"));
    arena.assertHeld(script(": >> /etc/resolv.conf"));
  }

  @Test
  void attack08_writesSettingsOfTheKernel() throws Exception {
    arena.assertHeld(script(": >> /proc/sys/kernel/core_pattern"));
    arena.assertHeld(script("[ -e /proc/sysrq-trigger ] && : >> /proc/sysrq-trigger"));
    arena.assertHeld(script(": >> /sys/kernel/profiling || : >> /sys/kernel/uevent_helper"));
    arena.assertHeld(script("mkdir /sys/fs/cgroup/memory/own || mkdir /sys/fs/cgroup/own"));
  }

  @Test
  void attack09_mounts() throws Exception {
    assumeRoot("a container of another user has no such capability to leave");
    String words = "my ($no, $tmp, $at, $root, $keys) = qw(none tmpfs /tmp/m / /proc/keys); ";
    arena.assertHeldBy(
        perl(words + "mkdir $at; " + TestingProbes.call("mount", "$no, $at, $tmp, 0, 0")),
        Measure.NO_CAPABILITIES,
        Measure.SYSTEM_CALL_FILTER);
    arena.assertHeld(perl(words + TestingProbes.call("mount", "$no, $root, $no, 32, 0")));
    arena.assertHeld(perl(words + TestingProbes.call("umount2", "$keys, 0")));
  }

  @Test
  void attack10_opensAnOwnDevice() throws Exception {
    for (String device :
        new String[] {"/dev/vda", "/dev/sda", "/dev/kvm", "/dev/vsock", "/dev/mem"}) {
      arena.assertHeld(script(": < " + device));
    }
    arena.assertHeld(script("mknod own b 254 0 && : < own"));
  }
}
