package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.egress.TestingProxy.Setup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Attack 40 with addresses that must not be dialled here: they exist only in a network namespace
 * that the test makes, on a dummy interface or a veth with nobody at its other end; everything runs
 * in there, the box and its proxy too.
 */
@EnabledOnOs(OS.LINUX)
final class NamespaceAttackTest {
  private static final List<String> ADDRESSES =
      List.of("169.254.169.254", "169.254.7.7", "100.100.100.200", "10.77.0.1", "9.9.9.9");

  private static final String NETWORK =
      """
      ip link set lo up || exit 1
      ip link add paddock0 type dummy ||
        ip link add paddock0 type veth peer name nobody || exit 1
      for address in %s; do
        ip address add $address/32 dev paddock0 || exit 1
      done
      ip link set paddock0 up || exit 1
      echo up
      exec "$@"
      """
          .formatted(String.join(" ", ADDRESSES));

  @Test
  void attack40_isAllowedANameThatLeadsToMetadataOrToThisMachine() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/socat")), "needs socat");
    Process process =
        new ProcessBuilder(
                "unshare",
                "--user",
                "--map-root-user",
                "--net",
                "sh",
                "-c",
                NETWORK,
                "network",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Inside.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assumeTrue("up".equals(output.readLine()), "cannot make a network with a dummy interface");
      assertThat(output.lines().toList())
          .containsExactlyElementsOf(
              ADDRESSES.stream().map(a -> a + " held true, without ADDRESSES false").toList());
    } finally {
      process.destroyForcibly();
    }
  }

  /** Runs in the namespace. */
  static final class Inside {
    private Inside() {}

    public static void main(String[] arguments) throws Exception {
      for (String address : ADDRESSES) {
        try (ServerSocket socket = new ServerSocket(0, 50, TestingNames.address(address));
            TestingServer canary = new TestingServer(socket, seen -> TestingServer.ok("canary"))) {
          // whatever both lists say
          Setup setup =
              Setup.allowing("evil.test:" + canary.port()).withPrivate("0.0.0.0/0,evil.test");
          try (TestingRange range = new TestingRange(setup).name("evil.test", address)) {
            boolean held = !reached(range, canary, EgressMeasure.ALL);
            boolean heldWithout =
                !reached(range, canary, EgressMeasure.allBut(EgressMeasure.ADDRESSES));
            System.out.println(address + " held " + held + ", without ADDRESSES " + heldWithout);
          }
        }
      }
    }

    private static boolean reached(
        TestingRange range, TestingServer canary, Set<EgressMeasure> measures)
        throws IOException, InterruptedException {
      try (TestingRange.Round round = range.round(measures)) {
        round.bash("curl -s -m 10 http://evil.test:" + canary.port());
        return !canary.seen.isEmpty();
      }
    }
  }
}
