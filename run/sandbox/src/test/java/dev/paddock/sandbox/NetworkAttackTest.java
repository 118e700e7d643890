package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.sandbox.TestingArena.Round;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Attacks 29 and 30 of {@code docs/sandbox.md}: the network. The only addresses that are dialled
 * are the loopback addresses of this machine.
 */
@EnabledOnOs(OS.LINUX)
final class NetworkAttackTest {
  private TestingArena arena;

  @BeforeEach
  void open() throws Exception {
    arena = new TestingArena();
  }

  @AfterEach
  void close() throws Exception {
    arena.close();
  }

  private void assertUnreachable(TestingListener listener, String script) throws Exception {
    arena.assertHeldBy(
        round -> {
          round.bash(script);
          return listener.hit();
        },
        Measure.NETWORK_NAMESPACE);
  }

  @Test
  void attack29_dialsIpv4() throws Exception {
    try (TestingListener listener = TestingListener.tcp("127.0.0.1")) {
      assertUnreachable(listener, "exec 9<>/dev/tcp/127.0.0.1/" + listener.port());
    }
  }

  @Test
  void attack29_dialsIpv6() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/sys/net/ipv6")), "this kernel has no IPv6");
    try (TestingListener listener = TestingListener.tcp("::1")) {
      assertUnreachable(listener, "exec 9<>/dev/tcp/::1/" + listener.port());
    }
  }

  @Test
  void attack29_sendsADatagram() throws Exception {
    try (TestingListener listener = TestingListener.udp("127.0.0.1")) {
      assertUnreachable(listener, "echo x > /dev/udp/127.0.0.1/" + listener.port());
    }
  }

  /** A DNS question to a resolver that the box itself names. */
  @Test
  void attack29_asksForAName() throws Exception {
    try (TestingListener listener = TestingListener.udp("127.0.0.1")) {
      String question =
          "\\x12\\x34\\x01\\0\\0\\x01\\0\\0\\0\\0\\0\\0\\x01a\\x04test\\0\\0\\x01\\0\\x01";
      assertUnreachable(
          listener, "printf '" + question + "' > /dev/udp/127.0.0.1/" + listener.port());
    }
  }

  @Test
  void attack29_findsARoute() throws Exception {
    try (Round round = arena.round(Measure.ALL)) {
      assertThat(round.bash("tail -n +2 /proc/net/route; cat /proc/net/dev").stdoutText())
          .contains("lo:")
          .satisfies(text -> assertThat(text.lines().count()).isEqualTo(3));
    }
  }

  /** There is no proxy whose variables could be unset: what holds is that there is no way out. */
  @Test
  void attack30_goesAroundTheProxy() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "needs curl");
    try (TestingListener listener = TestingListener.tcp("127.0.0.1")) {
      assertUnreachable(
          listener,
          "unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY; "
              + "curl -s -m 1 --noproxy '*' http://127.0.0.1:"
              + listener.port());
    }
  }
}
