package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.egress.EgressRecord.Verdict;
import dev.paddock.egress.TestingProxy.Setup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CONNECT, without looking into it. */
final class TunnelTest {
  private ServerSocket server;
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() throws Exception {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
  }

  private void serve() {
    while (true) {
      try (Socket socket = server.accept()) {
        InputStream in = socket.getInputStream();
        byte[] first = new byte[4096];
        int count = in.read(first);
        received.add(new String(first, 0, Math.max(count, 0), StandardCharsets.ISO_8859_1));
        socket.getOutputStream().write("answer".getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException closed) {
        return;
      }
    }
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private TestingProxy proxy(EgressPolicy policy) throws IOException {
    TestingProxy proxy = Setup.of(policy).start();
    proxy.names.with("allowed.test", "127.0.0.1");
    return proxy;
  }

  private TestingProxy proxy() throws IOException {
    return proxy(EgressPolicy.of(List.of("allowed.test", "127.0.0.1")));
  }

  private String connect(TestingProxy proxy, String host, byte[] first) throws IOException {
    String at = host + ":" + server.getLocalPort();
    return proxy.ask(
        "CONNECT "
            + at
            + " HTTP/1.1\r\nHost: "
            + at
            + "\r\n\r\n"
            + new String(first, StandardCharsets.ISO_8859_1));
  }

  private static byte[] hello(String name) {
    return TestingHello.of(Optional.of(name), false);
  }

  private String arrived() throws InterruptedException {
    return String.valueOf(received.poll(60, TimeUnit.SECONDS));
  }

  private static final String ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

  @Test
  void tlsForTheRightServerPassesUnchanged() throws Exception {
    try (TestingProxy proxy = proxy()) {
      byte[] hello = hello("allowed.test");
      assertThat(connect(proxy, "Allowed.TEST.", hello)).isEqualTo(ESTABLISHED + "answer");
      assertThat(arrived().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(hello);
      EgressRecord record = proxy.record();
      assertThat(record.verdict()).isEqualTo(Verdict.ALLOWED);
      assertThat(record.method()).isEqualTo("CONNECT");
      assertThat(record.sentBytes()).isEqualTo(hello.length);
      assertThat(record.receivedBytes()).isEqualTo(6);
    }
  }

  @Test
  void aHelloInManyRecordsIsReadAsOne() throws Exception {
    byte[] whole = hello("allowed.test");
    byte[] message = Arrays.copyOfRange(whole, 5, whole.length);
    byte[] first = TestingHello.record(Arrays.copyOf(message, 2));
    byte[] second = TestingHello.record(Arrays.copyOfRange(message, 2, message.length));
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    try (TestingProxy proxy = proxy()) {
      assertThat(connect(proxy, "allowed.test", both)).endsWith("answer");
    }
  }

  private void assertCut(byte[] first, String why) throws Exception {
    try (TestingProxy proxy = proxy()) {
      String answer = connect(proxy, "allowed.test", first);
      assertThat(answer).startsWith(ESTABLISHED).doesNotContain("answer");
      EgressRecord record = proxy.record();
      assertThat(record.verdict()).isEqualTo(Verdict.DENIED);
      assertThat(record.denial()).contains(Denial.TLS);
      assertThat(record.reason().orElseThrow()).contains(why);
    }
    assertThat(arrived()).isEmpty();
  }

  @Test
  void tlsForAnotherServerIsCut() throws Exception {
    assertCut(hello("other.test"), "another server: \"other.test\"");
    assertCut(hello("allowed.test\0.other.test"), "another server");
  }

  @Test
  void tlsForNoServerIsCut() throws Exception {
    assertCut(TestingHello.of(Optional.empty(), false), "names no server");
  }

  @Test
  void tlsThatHidesAServerIsCut() throws Exception {
    assertCut(TestingHello.of(Optional.of("allowed.test"), true), "encrypted client hello");
  }

  @Test
  void otherBytesAreCut() throws Exception {
    assertCut("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1), "is no TLS");
    assertCut(new byte[] {22, 3, 1, 0, 0}, "a TLS record of 0 bytes");
  }

  @Test
  void anAddressNeedsNoServerName() throws Exception {
    try (TestingProxy proxy = proxy()) {
      assertThat(connect(proxy, "127.0.0.1", TestingHello.of(Optional.empty(), false)))
          .endsWith("answer");
    }
  }

  @Test
  void otherBytesPassWhereARuleSaysSo() throws Exception {
    EgressRule rule = EgressRule.parse("allowed.test").withTcp();
    try (TestingProxy proxy = proxy(EgressPolicy.NOTHING.withRules(List.of(rule)))) {
      assertThat(connect(proxy, "allowed.test", new byte[] {'x'}))
          .isEqualTo(ESTABLISHED + "answer");
    }
  }

  @Test
  void aDeniedTunnelIsNotOpened() throws Exception {
    try (TestingProxy proxy = proxy()) {
      assertThat(connect(proxy, "other.test", hello("other.test")))
          .startsWith("HTTP/1.1 403 host other.test is not on this environment's list")
          .contains("x-paddock-denied: host");
      assertThat(connect(proxy, "allowed.test:1@other.test", new byte[0]))
          .startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void aChangedPolicyEndsATunnelAtOnce() throws Exception {
    EgressRule rule = EgressRule.parse("allowed.test").withTcp();
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        TestingProxy proxy = proxy(EgressPolicy.NOTHING.withRules(List.of(rule)));
        var channel = proxy.connect()) {
      channel.write(
          ByteBuffer.wrap(
              HttpInput.bytes(
                  "CONNECT allowed.test:" + silent.getLocalPort() + " HTTP/1.1\r\n\r\n")));
      ByteBuffer answer = ByteBuffer.allocate(ESTABLISHED.length());
      while (answer.hasRemaining()) {
        channel.read(answer);
      }
      proxy.proxy.policy(
          EgressPolicy.of(List.of("allowed.test", "other.test")).withRules(List.of(rule)));
      assertThat(proxy.records).isEmpty();
      proxy.proxy.policy(EgressPolicy.NOTHING);
      assertThat(proxy.record().reason()).contains("the environment's list has changed");
    }
  }

  @Test
  void aMalformedHelloIsNoHello() {
    byte[] good = hello("allowed.test");
    for (int cut = 1; cut < good.length; cut++) {
      byte[] part = Arrays.copyOf(good, cut);
      assertThatThrownBy(() -> ClientHello.read(new ByteArrayInputStream(part)))
          .isInstanceOf(IOException.class);
    }
    byte[] twoNames = TestingHello.of(Optional.of("a"), false);
    twoNames[twoNames.length - 6]++; // the length of the list of names
    assertThatThrownBy(() -> ClientHello.read(new ByteArrayInputStream(twoNames)))
        .isInstanceOf(BadMessage.class);
  }
}
