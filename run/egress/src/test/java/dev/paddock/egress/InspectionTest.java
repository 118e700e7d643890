package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.egress.EgressRecord.Verdict;
import dev.paddock.egress.EgressSecret.Place;
import dev.paddock.egress.TestingProxy.Setup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** HTTPS that is looked into. */
final class InspectionTest {
  private static final String PLACEHOLDER = EgressSecret.placeholder("TOKEN");

  private final CertificateAuthority hosts = new CertificateAuthority();
  private Function<TestingServer.Seen, String> answers = InspectionTest::echo;
  private TestingServer server;

  @BeforeEach
  void start() throws Exception {
    server = tls("allowed.test");
  }

  private TestingServer tls(String name) throws IOException {
    SSLServerSocket socket =
        (SSLServerSocket)
            hosts
                .contextFor(Host.parse(name))
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    return new TestingServer(socket, seen -> answers.apply(seen));
  }

  private static String echo(TestingServer.Seen seen) {
    return seen.header("upgrade").isEmpty()
        ? TestingServer.ok(seen.header("authorization") + seen.body())
        : """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        \r
        frame""";
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private TestingProxy proxy(EgressPolicy policy, TrustedRoots roots) throws IOException {
    TestingProxy proxy = Setup.of(policy).with(roots).start();
    proxy.names.with("allowed.test", "127.0.0.1").with("other.test", "127.0.0.1");
    return proxy;
  }

  private TestingProxy proxy(EgressPolicy policy) throws IOException {
    return proxy(policy, new TrustedRoots(Set.of(hosts.certificate())));
  }

  private static EgressPolicy inspecting() {
    return EgressPolicy.of(List.of("allowed.test"))
        .withInspected(List.of(HostPattern.parse("allowed.test")));
  }

  /** What a client in the box does: it trusts the proxy's file, and knows the name it asked for. */
  private SSLSocket open(TestingProxy proxy, String host, Path roots) throws Exception {
    SocketChannel channel = proxy.connect();
    InputStream in = Channels.newInputStream(channel);
    OutputStream out = Channels.newOutputStream(channel);
    out.write(HttpInput.bytes("CONNECT " + host + ":" + server.port() + " HTTP/1.1\r\n\r\n"));
    HttpInput reader = new HttpInput(in);
    assertThat(ResponseHead.read(reader, 4096).status()).isEqualTo(200);
    KeyStore trusted = KeyStore.getInstance(roots.toFile(), (char[]) null);
    Set<X509Certificate> certificates = new HashSet<>();
    for (String alias : Collections.list(trusted.aliases())) {
      certificates.add((X509Certificate) trusted.getCertificate(alias));
    }
    SSLSocket tls =
        (SSLSocket)
            new TrustedRoots(certificates)
                .context()
                .getSocketFactory()
                .createSocket(new ChannelSocket(channel, reader, out), host, server.port(), true);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    tls.setSSLParameters(parameters);
    tls.startHandshake();
    return tls;
  }

  private SSLSocket open(TestingProxy proxy) throws Exception {
    return open(proxy, "allowed.test", proxy.proxy.certificates().resolve("trust.p12"));
  }

  private String ask(SSLSocket tls, String start, String fields) throws IOException {
    return ask(tls, start, fields, "");
  }

  private String ask(SSLSocket tls, String start, String fields, String sent) throws IOException {
    tls.getOutputStream()
        .write(
            HttpInput.bytes(
                start
                    + " HTTP/1.1\r\nHost: allowed.test:"
                    + server.port()
                    + "\r\n"
                    + fields
                    + "\r\n"
                    + sent));
    HttpInput in = new HttpInput(tls.getInputStream());
    ResponseHead head = ResponseHead.read(in, 8192);
    byte[] body = new BodyInput(in, Framing.ofResponse(head, "GET")).readAllBytes();
    return head.status() + " " + new String(body, StandardCharsets.ISO_8859_1);
  }

  @Test
  void everyRequestIsSeenAndLogged() throws Exception {
    EgressPolicy policy =
        EgressPolicy.NOTHING.withRules(
            List.of(EgressRule.parse("https://allowed.test:" + server.port() + "/api")));
    try (TestingProxy proxy = proxy(policy);
        SSLSocket tls = open(proxy)) {
      assertThat(ask(tls, "GET /api/1?q=2", "")).isEqualTo("200 ");
      assertThat(ask(tls, "GET /api/2", "")).isEqualTo("200 ");
      EgressRecord record = proxy.record();
      assertThat(record.method()).isEqualTo("GET");
      assertThat(record.path()).isEqualTo("/api/1");
      assertThat(proxy.record().path()).isEqualTo("/api/2");
      assertThat(server.connections()).isEqualTo(1);
      assertThat(ask(tls, "GET /other", "")).startsWith("403 paddock: GET /other of allowed.test:");
      assertThat(proxy.record().denial()).contains(Denial.METHOD_OR_PATH);
    }
    assertThat(server.seen).hasSize(2);
  }

  /** A request with a body gets a connection of its own, in the place of the one before. */
  @Test
  void oneConnectionToTheHostIsHeldAtATime() throws Exception {
    try (TestingProxy proxy = proxy(inspecting());
        SSLSocket tls = open(proxy)) {
      for (int i = 0; i < 5; i++) {
        assertThat(ask(tls, "POST /", "Content-Length: 4\r\n", "body")).isEqualTo("200 body");
      }
      assertThat(server.connections()).isEqualTo(5);
      assertThat(TestingWait.until(() -> proxy.proxy.upstreams() == 1)).isTrue();
    }
  }

  @Test
  void aConnectionThatTheHostEndsIsNotHeld() throws Exception {
    answers = seen -> "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    try (TestingProxy proxy = proxy(inspecting());
        SSLSocket tls = open(proxy)) {
      for (int i = 0; i < 5; i++) {
        assertThat(ask(tls, "GET /", "")).isEqualTo("200 ");
      }
      assertThat(server.connections()).isEqualTo(5);
      assertThat(TestingWait.until(() -> proxy.proxy.upstreams() == 0)).isTrue();
    }
  }

  @Test
  void secretsAreSetInAndMasked() throws Exception {
    EgressSecret secret =
        new EgressSecret(
            PLACEHOLDER,
            "real-value",
            List.of(HostPattern.parse("allowed.test")),
            EnumSet.of(Place.HEADER));
    EgressPolicy policy = EgressPolicy.of(List.of("allowed.test")).withSecrets(List.of(secret));
    try (TestingProxy proxy = proxy(policy);
        SSLSocket tls = open(proxy)) {
      assertThat(ask(tls, "GET /", "Authorization: Bearer " + PLACEHOLDER + "\r\n"))
          .isEqualTo("200 Bearer " + PLACEHOLDER);
      assertThat(server.seen.getFirst().header("authorization")).isEqualTo("Bearer real-value");
    }
  }

  @Test
  void aWebSocketPasses() throws Exception {
    try (TestingProxy proxy = proxy(inspecting());
        SSLSocket tls = open(proxy)) {
      tls.getOutputStream()
          .write(
              HttpInput.bytes(
                  "GET / HTTP/1.1\r\nHost: allowed.test:"
                      + server.port()
                      + "\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"));
      HttpInput in = new HttpInput(tls.getInputStream());
      assertThat(ResponseHead.read(in, 4096).status()).isEqualTo(101);
      assertThat(in.readNBytes(5)).isEqualTo(HttpInput.bytes("frame"));
    }
  }

  @Test
  void anotherHostWithinTheTunnelIsRefused() throws Exception {
    try (TestingProxy proxy = proxy(inspecting());
        SSLSocket tls = open(proxy)) {
      tls.getOutputStream().write(HttpInput.bytes("GET / HTTP/1.1\r\nHost: other.test\r\n\r\n"));
      assertThat(ResponseHead.read(new HttpInput(tls.getInputStream()), 4096).status())
          .isEqualTo(400);
      assertThat(server.seen).isEmpty();
    }
  }

  @Test
  void aHostThatNobodyVouchesForIsNotTalkedTo() throws Exception {
    try (TestingProxy proxy = proxy(inspecting(), new TrustedRoots(Set.of()));
        SSLSocket tls = open(proxy)) {
      assertThat(ask(tls, "GET /", "")).startsWith("502 paddock: the certificate or TLS of");
      assertThat(proxy.record().verdict()).isEqualTo(Verdict.FAILED);
      assertThat(server.seen).isEmpty();
    }
  }

  @Test
  void aCertificateForAnotherHostIsNotAccepted() throws Exception {
    server.close();
    server = tls("other.test");
    try (TestingProxy proxy = proxy(inspecting());
        SSLSocket tls = open(proxy)) {
      assertThat(ask(tls, "GET /", "")).startsWith("502 paddock: the certificate or TLS of");
      assertThat(server.seen).isEmpty();
    }
  }

  @Test
  void aClientThatDoesNotTrustIsTold() throws Exception {
    try (TestingProxy proxy = proxy(inspecting());
        TestingProxy stranger = proxy(inspecting())) {
      Path wrong = stranger.proxy.certificates().resolve("trust.p12");
      assertThatThrownBy(() -> open(proxy, "allowed.test", wrong)).isInstanceOf(SSLException.class);
      EgressRecord record = proxy.record();
      assertThat(record.verdict()).isEqualTo(Verdict.FAILED);
      assertThat(record.reason().orElseThrow()).contains("SSL_CERT_FILE");
    }
  }

  @Test
  void theAuthorityIsWhatToolsExpect() throws Exception {
    X509Certificate authority = hosts.certificate();
    assertThat(authority.getBasicConstraints()).isZero();
    assertThat(authority.getKeyUsage()[5]).isTrue();
    authority.verify(authority.getPublicKey());
    try (TestingProxy proxy = proxy(inspecting())) {
      byte[] pem = Files.readAllBytes(proxy.proxy.certificates().resolve("ca.pem"));
      assertThat(
              CertificateFactory.getInstance("X.509")
                  .generateCertificates(new ByteArrayInputStream(pem)))
          .hasSize(1);
    }
  }
}
