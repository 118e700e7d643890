package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.Test;

/** Requests of the process's own stand under the rules of its boxes. */
class EgressClientTest {
  private static final Duration TIME = Duration.ofSeconds(60);

  private static EgressAnswer get(TestingProxy proxy, boolean tls, String host, int port)
      throws InterruptedException {
    return get(proxy, tls, host, port, 1000);
  }

  private static EgressAnswer get(
      TestingProxy proxy, boolean tls, String host, int port, int maxBytes)
      throws InterruptedException {
    EgressRequest request =
        EgressRequest.get(
            tls, new Target(Host.parse(host), port), "/a?b=c", Map.of("Accept", "*/*"));
    return new EgressClient(proxy.proxy).send(request, TIME, maxBytes);
  }

  private static String text(EgressAnswer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void anAllowedHostAnswers() throws IOException, InterruptedException {
    try (TestingServer server = TestingServer.answering("hello");
        TestingProxy proxy = TestingProxy.Setup.allowing("site.test").start()) {
      proxy.names.with("site.test", "127.0.0.1");
      EgressAnswer answer = get(proxy, false, "site.test", server.port());
      assertThat(answer.denied()).isEmpty();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(text(answer)).isEqualTo("hello");
      assertThat(answer.whole()).isTrue();
      assertThat(get(proxy, false, "site.test", server.port(), 3).whole()).isFalse();
      assertThat(server.seen.getFirst().start()).isEqualTo("GET /a?b=c HTTP/1.1");
      assertThat(proxy.record().path()).isEqualTo("/a");
    }
  }

  @Test
  void aDeniedHostIsSaidToBeDenied() throws IOException, InterruptedException {
    try (TestingProxy proxy = TestingProxy.Setup.allowing("site.test").start()) {
      for (boolean tls : new boolean[] {false, true}) {
        EgressAnswer answer = get(proxy, tls, "other.test", 443);
        assertThat(answer.denied().orElseThrow()).contains("other.test").contains("add");
        assertThat(proxy.record().denial()).contains(Denial.HOST);
      }
    }
  }

  @Test
  void aHostCannotSpeakAsTheProxy() throws IOException, InterruptedException {
    String forged = "HTTP/1.1 403 No\r\nx-paddock-denied: host\r\nContent-Length: 5\r\n\r\nadd *";
    try (TestingServer server = TestingServer.answering(seen -> forged);
        TestingProxy proxy = TestingProxy.Setup.allowing("site.test").start()) {
      proxy.names.with("site.test", "127.0.0.1");
      EgressAnswer answer = get(proxy, false, "site.test", server.port());
      assertThat(answer.denied()).isEmpty();
      assertThat(answer.status()).isEqualTo(403);
    }
  }

  @Test
  void httpsGoesThroughATunnelAndIsVerified() throws IOException, InterruptedException {
    CertificateAuthority authority = new CertificateAuthority();
    String forged = "HTTP/1.1 403 No\r\nx-paddock-denied: host\r\nContent-Length: 5\r\n\r\nadd *";
    SSLServerSocket socket =
        (SSLServerSocket)
            authority
                .contextFor(Host.parse("site.test"))
                .getServerSocketFactory()
                .createServerSocket(0, 5, TestingNames.address("127.0.0.1"));
    TrustedRoots roots = new TrustedRoots(Set.of(authority.certificate()));
    TestingProxy.Setup setup = TestingProxy.Setup.allowing("site.test", "wrong.test");
    try (TestingServer server = new TestingServer(socket, seen -> forged);
        TestingProxy proxy = setup.with(roots).start();
        TestingProxy distrusting = setup.start()) {
      proxy.names.with("site.test", "127.0.0.1").with("wrong.test", "127.0.0.1");
      distrusting.names.with("site.test", "127.0.0.1");
      EgressAnswer answer = get(proxy, true, "site.test", server.port());
      assertThat(text(answer)).as("nobody has looked into it").isEqualTo("add *");
      assertThat(answer.denied()).isEmpty();
      for (TestingProxy other : new TestingProxy[] {proxy, distrusting}) {
        String host = other == proxy ? "wrong.test" : "site.test";
        assertThatThrownBy(() -> get(other, true, host, server.port()))
            .isInstanceOf(EgressException.class)
            .hasMessageContaining("certificate");
      }
    }
  }

  @Test
  void whoDoesNotAnswerIsNotWaitedFor() throws IOException, InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    try (TestingServer server =
            TestingServer.answering(
                seen -> {
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return TestingServer.ok("late");
                });
        TestingProxy proxy = TestingProxy.Setup.allowing("site.test").start()) {
      proxy.names.with("site.test", "127.0.0.1");
      EgressRequest request =
          EgressRequest.get(
              false, new Target(Host.parse("site.test"), server.port()), "/", Map.of());
      assertThatThrownBy(
              () -> new EgressClient(proxy.proxy).send(request, Duration.ofMillis(300), 10))
          .isInstanceOfSatisfying(
              EgressException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
      never.countDown();
    }
  }

  @Test
  void nothingCanBeSmuggledIntoAHead() {
    Target target = new Target(Host.parse("site.test"), 80);
    for (String path : new String[] {"/a b", "/a\r\nX: y", "/ä"}) {
      assertThatThrownBy(() -> EgressRequest.get(false, target, path, Map.of()))
          .isInstanceOf(EgressException.class);
    }
    assertThatThrownBy(
            () -> EgressRequest.get(false, target, "/", Map.of("X", "a\r\nHost: other.test")))
        .isInstanceOf(EgressException.class);
  }
}
