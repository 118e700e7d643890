package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.egress.EgressRecord.Verdict;
import dev.paddock.egress.TestingProxy.Setup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a proxy: its socket, its limits, people who are asked, its log. */
final class EgressProxyTest {
  private TestingServer server;
  private String at;

  @BeforeEach
  void start() throws Exception {
    server = TestingServer.answering("hello");
    at = "allowed.test:" + server.port();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private static TestingProxy proxy(Setup setup) throws IOException {
    TestingProxy proxy = setup.start();
    proxy.names.with("allowed.test", "127.0.0.1");
    return proxy;
  }

  @Test
  void onlyItsUserCanOpenTheSocket() throws Exception {
    try (TestingProxy proxy = proxy(Setup.allowing())) {
      Path socket = proxy.proxy.socket();
      assertThat(Files.getPosixFilePermissions(socket))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      for (Path folder = socket.getParent(); folder != null; folder = folder.getParent()) {
        if (folder.endsWith("run")) {
          assertThat(Files.getPosixFilePermissions(folder))
              .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
      }
      assertThat(socket.toString().length()).isLessThanOrEqualTo(100);
    }
  }

  @Test
  void nothingIsLeftBehind(@TempDir Path temp) throws Exception {
    Path base = temp.resolve("run");
    AddressGuard guard = new AddressGuard(PrivateHosts.NONE, Set::of);
    // as a killed process leaves it: nobody holds the lock
    Path dead = Files.createDirectories(base.resolve("e-0123abcd/1/certificates"));
    Files.createFile(base.resolve("e-0123abcd/lock"));
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(dead.resolveSibling("proxy")));
    }
    try (EgressService service = EgressService.start(base, guard);
        EgressService beside = EgressService.start(base, guard)) {
      EgressProxy first = service.open(EgressPolicy.NOTHING, record -> {});
      EgressProxy second = beside.open(EgressPolicy.NOTHING, record -> {});
      assertThat(dead).doesNotExist();
      assertThat(first.socket()).exists();
      assertThat(second.socket()).exists();
      first.close();
      first.close();
      assertThat(first.socket().getParent()).doesNotExist();
    }
    try (Stream<Path> left = Files.list(base)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aPathThatIsTooLongForASocketSaysSo(@TempDir Path temp) {
    Path base = temp.resolve("a".repeat(80));
    assertThatThrownBy(
            () -> EgressService.start(base, new AddressGuard(PrivateHosts.NONE, Set::of)))
        .isInstanceOf(EgressException.class)
        .hasMessageContaining("choose a folder of at most 75");
  }

  @Test
  void aPersonIsAskedOnceAndCanAnswerLater() throws Exception {
    List<Target> questions = new CopyOnWriteArrayList<>();
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    Setup setup =
        Setup.of(EgressPolicy.NOTHING.withAsk())
            .with(
                target -> {
                  questions.add(target);
                  return answer;
                })
            .with(
                EgressLimits.DEFAULT.withTimes(
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    Duration.ofMillis(50)));
    try (TestingProxy proxy = proxy(setup)) {
      assertThat(proxy.get("http://" + at + "/"))
          .contains("x-paddock-denied: approval")
          .contains("try again later");
      proxy.get("http://" + at + "/");
      assertThat(questions).hasSize(1).first().hasToString(at);
      answer.complete(true);
      // a person's word opens public hosts; a loopback one the environment's list must name
      assertThat(proxy.get("http://" + at + "/"))
          .contains("x-paddock-denied: address")
          .contains("the environment's list must name the host itself");
      assertThat(questions).hasSize(1);
      proxy.proxy.policy(EgressPolicy.NOTHING.withAsk());
      proxy.get("http://" + at + "/");
      assertThat(questions).hasSize(2);
    }
  }

  @Test
  void aPersonWhoSaysNoIsQuoted() throws Exception {
    Setup setup = Setup.of(EgressPolicy.NOTHING.withAsk());
    try (TestingProxy proxy = proxy(setup)) {
      assertThat(proxy.get("http://" + at + "/"))
          .startsWith("HTTP/1.1 403 ")
          .contains("a person has refused that this session reaches " + at);
      assertThat(proxy.record().denial()).contains(Denial.APPROVAL);
    }
    try (TestingProxy proxy =
        proxy(
            setup.with(
                target -> {
                  throw new IllegalStateException("no person here");
                }))) {
      assertThat(proxy.get("http://" + at + "/")).contains("nobody could be asked");
    }
    assertThat(server.seen).isEmpty();
  }

  @Test
  void anUnrestrictedSandboxReachesNoPrivateHost() throws Exception {
    try (TestingProxy proxy = proxy(Setup.of(EgressPolicy.NOTHING.withUnrestricted()))) {
      assertThat(proxy.get("http://" + at + "/")).contains("x-paddock-denied: address");
      assertThat(proxy.get("http://allowed.test:25/")).contains("x-paddock-denied: port");
    }
    assertThat(server.connections()).isZero();
  }

  @Test
  void aBareHostAllowsAnyPortOnlyWhereTheOperatorNamesIt() throws Exception {
    try (TestingProxy proxy =
        proxy(Setup.allowing("allowed.test").withPrivate("allowed.test:" + server.port()))) {
      assertThat(proxy.get("http://" + at + "/")).contains(" 200 ");
      assertThat(proxy.get("http://allowed.test:1/")).contains("x-paddock-denied: address");
    }
    EgressPolicy policy = EgressPolicy.of(List.of("public.test"));
    TestingNames names = new TestingNames().with("public.test", "9.9.9.9");
    AddressGuard guard = new AddressGuard(PrivateHosts.NONE, Set::of, names);
    Target odd = Target.parse("public.test:8443", 0);
    assertThat(policy.tunnel(odd)).isInstanceOf(Decision.Allow.class);
    Decision.Allow allow = (Decision.Allow) policy.tunnel(odd);
    assertThatThrownBy(() -> guard.resolve(odd, allow.named(), allow.anyAddress()))
        .hasMessageContaining("at ports 80 and 443 only; add public.test:8443");
  }

  @Test
  void tooManyRequestsAreRefused() throws Exception {
    Setup setup =
        Setup.allowing("allowed.test").with(EgressLimits.DEFAULT.withRequestsPerMinute(2));
    try (TestingProxy proxy = proxy(setup)) {
      for (int i = 0; i < 4; i++) {
        assertThat(proxy.get("http://" + at + "/")).contains(" 200 ");
      }
      assertThat(proxy.get("http://" + at + "/"))
          .startsWith("HTTP/1.1 429 ")
          .contains("x-paddock-denied: limit");
    }
    RateLimit rate = new RateLimit(60, 0);
    for (int i = 0; i < 120; i++) {
      assertThat(rate.take(0)).isTrue();
    }
    assertThat(rate.take(0)).isFalse();
    assertThat(rate.take(Duration.ofSeconds(1).toNanos())).isTrue();
    assertThat(rate.take(Duration.ofSeconds(1).toNanos())).isFalse();
  }

  @Test
  void tooManyBytesEndARequest() throws Exception {
    Setup setup = Setup.allowing("allowed.test").with(EgressLimits.DEFAULT.withBytes(3, 4));
    try (TestingProxy proxy = proxy(setup)) {
      assertThat(proxy.get("http://" + at + "/")).doesNotContain("hello");
      EgressRecord record = proxy.record();
      assertThat(record.verdict()).isEqualTo(Verdict.DENIED);
      assertThat(record.denial()).contains(Denial.LIMIT);
      proxy.ask(
          "POST http://%1$s/ HTTP/1.1\r\nHost: %1$s\r\nContent-Length: 4\r\n\r\nbody"
              .formatted(at));
      assertThat(proxy.record().denial()).contains(Denial.LIMIT);
    }
  }

  @Test
  void whatCannotBeLoggedIsNotAllowed(@TempDir Path temp) throws Exception {
    TestingNames names = new TestingNames().with("allowed.test", "127.0.0.1");
    AddressGuard guard = new AddressGuard(PrivateHosts.parse("allowed.test"), Set::of, names);
    try (EgressService service = EgressService.start(temp.resolve("run"), guard)) {
      EgressProxy proxy =
          service.open(
              EgressPolicy.of(List.of("allowed.test")),
              record -> {
                throw new IllegalStateException("disk full");
              });
      UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(proxy.socket());
      try (SocketChannel channel = SocketChannel.open(socket)) {
        channel.write(
            ByteBuffer.wrap(
                HttpInput.bytes("GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n")));
        assertThat(TestingWait.until(() -> proxy.failure().isPresent())).isTrue();
      }
      assertThat(proxy.failure().orElseThrow()).hasMessage("disk full");
      assertThatThrownBy(() -> SocketChannel.open(socket)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void paddockItselfIsRefusedOverTheProxy() throws Exception {
    Setup setup = Setup.allowing("allowed.test");
    Set<InetSocketAddress> own =
        Set.of(new InetSocketAddress(TestingNames.address("127.0.0.1"), server.port()));
    try (TestingProxy proxy = new TestingProxy(setup, own)) {
      proxy.names.with("allowed.test", "127.0.0.1");
      assertThat(proxy.get("http://" + at + "/")).contains("is Paddock itself");
    }
    assertThat(server.connections()).isZero();
  }

  @Test
  void whatIsNoRuleSaysWhy() {
    for (String rule :
        List.of("ftp://a.test", "a.test:0", "a.test:x", "https://a.test/../x", "*", "a b", "")) {
      assertThatThrownBy(() -> EgressRule.parse(rule))
          .isInstanceOf(EgressException.class)
          .extracting(e -> ((EgressException) e).code())
          .isEqualTo(ErrorCode.INVALID_REQUEST);
    }
    assertThatThrownBy(() -> EgressRule.parse("a.test").withMethods(Set.of("get")))
        .isInstanceOf(EgressException.class);
    assertThat(EgressRule.parse("https://A.test/api").text()).isEqualTo("a.test port 443 /api");
    assertThat(EgressRule.parse("*.a.test:8443").withTcp().text())
        .isEqualTo("*.a.test port 8443 tcp");
  }
}
