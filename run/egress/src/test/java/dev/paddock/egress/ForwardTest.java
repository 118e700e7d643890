package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.egress.EgressRecord.Verdict;
import dev.paddock.egress.TestingProxy.Setup;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain HTTP through the proxy. */
final class ForwardTest {
  private TestingServer server;
  private String at;

  @BeforeEach
  void start() throws Exception {
    server = TestingServer.answering(seen -> TestingServer.ok("hello " + seen.body()));
    at = "allowed.test:" + server.port();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private TestingProxy proxy(Setup setup) throws IOException {
    TestingProxy proxy = setup.start();
    proxy.names.with("allowed.test", "127.0.0.1").with("other.test", "127.0.0.1");
    return proxy;
  }

  @Test
  void anAllowedRequestArrivesAndIsLogged() throws Exception {
    try (TestingProxy proxy = proxy(Setup.allowing("allowed.test"))) {
      String answer = proxy.get("http://" + at + "/a/b?q=secret");
      assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nhello ");
      assertThat(server.seen).hasSize(1);
      assertThat(server.seen.getFirst().start()).isEqualTo("GET /a/b?q=secret HTTP/1.1");
      assertThat(server.seen.getFirst().header("host")).isEqualTo(at);
      EgressRecord record = proxy.record();
      assertThat(record.verdict()).isEqualTo(Verdict.ALLOWED);
      assertThat(record.host()).isEqualTo("allowed.test");
      assertThat(record.port()).isEqualTo(server.port());
      assertThat(record.method()).isEqualTo("GET");
      assertThat(record.path()).isEqualTo("/a/b");
      assertThat(record.status()).isEqualTo(200);
      assertThat(record.receivedBytes()).isEqualTo(6);
      assertThat(record.rule()).contains("allowed.test");
      assertThat(proxy.names.asked).containsExactly("allowed.test");
    }
  }

  @Test
  void bodiesPassWithALengthAndInChunks() throws Exception {
    try (TestingProxy proxy = proxy(Setup.allowing("allowed.test"))) {
      String start = "POST http://" + at + "/ HTTP/1.1\r\nHost: " + at + "\r\n";
      assertThat(proxy.ask(start + "Content-Length: 4\r\n\r\nbody")).endsWith("hello body");
      assertThat(
              proxy.ask(
                  start
                      + "Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nbo\r\n2\r\ndy\r\n0\r\nA: b\r\n\r\n"))
          .endsWith("hello body");
      assertThat(proxy.ask(start + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\nbody"))
          .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n");
      assertThat(proxy.record().sentBytes()).isEqualTo(4);
    }
  }

  @Test
  void aDenialSaysHowToAllowIt() throws Exception {
    try (TestingProxy proxy = proxy(Setup.allowing("allowed.test"))) {
      String answer = proxy.get("http://other.test/");
      assertThat(answer)
          .startsWith("HTTP/1.1 403 host other.test is not on this environment's list")
          .contains("\r\nx-paddock-denied: host\r\n")
          .endsWith(
              "paddock: host other.test is not on this environment's list; allow it by adding"
                  + " \"other.test\" to its hosts\n");
      EgressRecord record = proxy.record();
      assertThat(record.verdict()).isEqualTo(Verdict.DENIED);
      assertThat(record.denial()).contains(Denial.HOST);
      assertThat(record.status()).isEqualTo(403);
      assertThat(proxy.names.asked).isEmpty();
    }
  }

  @Test
  void rulesHoldMethodsPathsAndPorts() throws Exception {
    EgressRule rule = EgressRule.parse("http://" + at + "/api/").withMethods(Set.of("GET", "HEAD"));
    try (TestingProxy proxy = proxy(Setup.of(EgressPolicy.NOTHING.withRules(List.of(rule))))) {
      assertThat(proxy.get("http://" + at + "/api/x")).contains(" 200 ");
      assertThat(proxy.get("http://" + at + "/apix")).contains(" 403 ");
      for (String path :
          List.of("/api/../x", "/api/%2e%2e/x", "/api//x", "/api/a%2fb", "/api/..;/x")) {
        assertThat(proxy.get("http://" + at + path)).as(path).contains(" 403 ");
      }
      assertThat(proxy.ask("DELETE http://" + at + "/api/x HTTP/1.1\r\nHost: " + at + "\r\n\r\n"))
          .contains("x-paddock-denied: method-or-path");
      assertThat(proxy.get("http://allowed.test:1/api/x")).contains("x-paddock-denied: port");
    }
    assertThat(server.seen).hasSize(1);
  }

  @Test
  void whatConcernsOneConnectionIsNotPassedOn() throws Exception {
    try (TestingProxy proxy = proxy(Setup.allowing("allowed.test"))) {
      proxy.ask(
          "GET http://"
              + at
              + "/ HTTP/1.1\r\nHost: "
              + at
              + "\r\nProxy-Authorization: Basic eDp5\r\nProxy-Connection: keep-alive\r\nConnection:"
              + " X-Mine\r\nX-Mine: 1\r\nUpgrade: h2c\r\nX-Yours: 2\r\n\r\n");
      assertThat(server.seen.getFirst().headers().fields())
          .extracting(Headers.Field::name)
          .containsExactly("Host", "X-Yours");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: AT\r\n\r\n",
        "GET http://AT/ HTTP/2.0\r\nHost: AT\r\n\r\n",
        "GET http://AT/ HTTP/1.1\r\n\r\n",
        "GET http://AT/ HTTP/1.1\r\nHost: AT\r\nHost: AT\r\n\r\n",
        "GET http://AT/ HTTP/1.1\nHost: AT\n\n",
        "GET http://AT/ HTTP/1.1\r\nHost: AT\r\n folded: 1\r\n\r\n",
        "GET http://AT/ HTTP/1.1\r\nHost : AT\r\n\r\n",
        "GET http://AT/ HTTP/1.1\r\nHost: AT\r\nA\0B: 1\r\n\r\n",
        "GET http://AT/ HTTP/1.1\r\nHost: AT\r\nA: x\ry\r\n\r\n",
        "GET  http://AT/ HTTP/1.1\r\nHost: AT\r\n\r\n",
        "GET http://AT/a b HTTP/1.1\r\nHost: AT\r\n\r\n",
        "GET http://AT/# HTTP/1.1\r\nHost: AT\r\n\r\n",
        "get http://AT/ HTTP/1.1\r\nHost: AT\r\n\r\n",
        "GET http://x@AT/ HTTP/1.1\r\nHost: AT\r\n\r\n",
        "GET https://AT/ HTTP/1.1\r\nHost: AT\r\n\r\n",
        "GET ftp://AT/ HTTP/1.1\r\nHost: AT\r\n\r\n",
        "POST http://AT/ HTTP/1.1\r\nHost: AT\r\nContent-Length: 4\r\nTransfer-Encoding:"
            + " chunked\r\n\r\n0\r\n\r\n",
        "POST http://AT/ HTTP/1.1\r\nHost: AT\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nbody",
        "POST http://AT/ HTTP/1.1\r\nHost: AT\r\nContent-Length: +4\r\n\r\nbody",
        "POST http://AT/ HTTP/1.1\r\nHost: AT\r\nContent-Length: 4, 4\r\n\r\nbody",
        "POST http://AT/ HTTP/1.1\r\nHost: AT\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST http://AT/ HTTP/1.1\r\nHost: AT\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST http://AT/ HTTP/1.0\r\nHost: AT\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "\r\nGET http://AT/ HTTP/1.1\r\nHost: AT\r\n\r\n",
      })
  void whatCanBeReadInTwoWaysIsRefused(String request) throws Exception {
    try (TestingProxy proxy = proxy(Setup.allowing("allowed.test"))) {
      assertThat(proxy.ask(request.replace("AT", at)))
          .startsWith("HTTP/1.1 400 ")
          .contains("x-paddock-denied: request");
      assertThat(proxy.record().denial()).contains(Denial.REQUEST);
      assertThat(server.seen).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zz\r\nbody",
        "5\r\nbody\r\n0\r\n\r\n",
        "4\r\nbodyX\r\n0\r\n\r\n",
        "-1\r\n\r\n",
        "11111111111111111\r\n"
      })
  void aBrokenChunkEndsTheRequest(String chunks) throws Exception {
    try (TestingProxy proxy = proxy(Setup.allowing("allowed.test"))) {
      String answer =
          proxy.ask(
              "POST http://"
                  + at
                  + "/ HTTP/1.1\r\nHost: "
                  + at
                  + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + chunks
                  + "\r\n0\r\n\r\n");
      assertThat(answer).doesNotContain(" 200 ");
      assertThat(server.seen).isEmpty();
    }
  }

  @Test
  void everyFormOfAnswerPasses() throws Exception {
    List<String> answers =
        List.of(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc",
            "HTTP/1.0 200 OK\r\n\r\nabc",
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc");
    for (String form : answers) {
      try (TestingServer other = TestingServer.answering(seen -> form);
          TestingProxy proxy = proxy(Setup.allowing("allowed.test"))) {
        String url = "http://allowed.test:" + other.port() + "/";
        assertThat(proxy.get(url)).contains(" 200 ").contains("abc");
        String old = proxy.ask("GET " + url + " HTTP/1.0\r\n\r\n");
        assertThat(old).endsWith("\r\n\r\nabc").doesNotContain("chunked");
      }
    }
  }

  @Test
  void aWrongAnswerIsNotPassedOn() throws Exception {
    List<String> answers =
        List.of(
            "nonsense\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
            "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\nContent-Length: ");
    for (String form : answers) {
      try (TestingServer other = TestingServer.answering(seen -> form);
          TestingProxy proxy = proxy(Setup.allowing("allowed.test"))) {
        assertThat(proxy.get("http://allowed.test:" + other.port() + "/"))
            .startsWith("HTTP/1.1 502 ");
        assertThat(proxy.record().verdict()).isEqualTo(Verdict.FAILED);
      }
    }
  }

  @Test
  void answersWithoutABodyKeepTheirLength() throws Exception {
    try (TestingServer other =
            TestingServer.answering(seen -> "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
        TestingProxy proxy = proxy(Setup.allowing("allowed.test"))) {
      String url = "http://allowed.test:" + other.port() + "/";
      assertThat(
              proxy.ask(
                  "HEAD " + url + " HTTP/1.1\r\nHost: allowed.test:" + other.port() + "\r\n\r\n"))
          .contains("Content-Length: 77\r\n")
          .endsWith("\r\n\r\n");
    }
  }

  @Test
  void nobodyThereIsSaid() throws Exception {
    int port = server.port();
    server.close();
    try (TestingProxy proxy = proxy(Setup.allowing("allowed.test"))) {
      assertThat(proxy.get("http://allowed.test:" + port + "/"))
          .startsWith("HTTP/1.1 502 cannot connect to allowed.test:" + port);
      assertThat(proxy.get("http://unknown.test/")).startsWith("HTTP/1.1 403 ");
    }
  }

  @Test
  void aWebSocketBecomesATunnel() throws Exception {
    try (TestingServer other =
            TestingServer.answering(
                seen ->
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection:"
                        + " Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\nframe");
        TestingProxy proxy = proxy(Setup.allowing("allowed.test"))) {
      String host = "allowed.test:" + other.port();
      String answer =
          proxy.ask(
              "GET http://"
                  + host
                  + "/ HTTP/1.1\r\nHost: "
                  + host
                  + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: y\r\n\r\n");
      assertThat(answer).startsWith("HTTP/1.1 101 ").endsWith("\r\n\r\nframe");
      assertThat(other.seen.getFirst().header("upgrade")).isEqualTo("websocket");
      assertThat(proxy.record().status()).isEqualTo(101);
    }
  }
}
