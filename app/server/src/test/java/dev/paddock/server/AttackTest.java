package dev.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that no honest client sends: none makes the server fail, hang or obey. */
class AttackTest {
  private static final String AUTH = "x-api-key: " + TestingServer.KEY + "\r\n";

  @TempDir Path folder;
  private TestingServer server;

  @BeforeEach
  void start() {
    server = new TestingServer(folder, TestingServer.SHORT, Optional.empty());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void refused(String request) throws IOException {
    String answer = server.raw(request);
    assertThat(answer).as(request).startsWith("HTTP/1.1 4");
    assertThat(answer.split("HTTP/1.1 ", -1)).as(request + "\n->\n" + answer).hasSize(2);
  }

  private static String post(String headers, String body) {
    return "POST /v1/echo HTTP/1.1\r\nHost: x\r\n"
        + AUTH
        + "Content-Type: application/json\r\n"
        + headers
        + "\r\n"
        + body;
  }

  @Test
  void requestsThatTwoServersReadDifferentlyAreRefused() throws IOException {
    String hidden = "GET /v1/things/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    refused(post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + hidden));
    refused(post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n" + hidden));
    refused(post("Content-Length: 2\r\nContent-Length: 3\r\n", "{} " + hidden));
    refused(post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"));
    refused(post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"));
    refused(post("Content-Length: +2\r\n", "{}"));
    refused(post("Content-Length: -1\r\n", "{}"));
    refused(post("Content-Length: 99999999999999999999\r\n", "{}"));
    refused(post("Content-Length : 2\r\n", "{}"));
    refused(post("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"));
    refused(post("Transfer-Encoding: chunked\r\n", "-1\r\n{}\r\n0\r\n\r\n"));
    refused(post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFF\r\n{}\r\n"));
    refused(post("Transfer-Encoding: chunked\r\n", "2\r\n{}garbage\r\n0\r\n\r\n"));
  }

  @Test
  void malformedHeadsAreRefused() throws IOException {
    refused("GARBAGE\r\n\r\n");
    refused("GET\r\n\r\n");
    refused("GET /v1/things/x HTTP/1.1\r\n" + AUTH + "\r\n");
    refused("GET /v1/things/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + AUTH + "\r\n");
    refused("GET /v1/things/x HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n" + AUTH + "\r\n");
    refused("GET /v1/things/x HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n" + AUTH + "\r\n");
    refused("GET /v1/things/x HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\n" + AUTH + "\r\n");
    refused("GET /v1/things/x HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(100_000) + "\r\n\r\n");
    refused("GET /" + "y".repeat(100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    refused("GET http://[bad/ HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "PUT", "DELETE", "PATCH", "BREW"})
  void malformedHeadsOfEveryMethodAreToldWhatIsWrong(String method) throws IOException {
    String answer = server.raw(method + " /v1/echo HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 400").contains("\"message\":\"malformed request");
  }

  @Test
  void pathsThatLeadElsewhereAreRefused() throws IOException {
    for (String path :
        new String[] {
          "/v1/things/..",
          "/v1/things/../admin",
          "/v1/things/%2e%2e",
          "/v1/things/%2e%2e%2fadmin",
          "/v1/things/..%2fadmin",
          "/v1/things/a%2F..%2F..%2Fadmin",
          "/v1/things/.",
          "/v1/things/%00",
          "/v1/things/a%0d%0ab",
          "/v1/things/%ff",
          "/v1/things/%c0%af",
          "/v1/things/%zz",
          "/v1/things/%",
          "/v1/things/a;b=c/..;/x",
          "/v1//things",
          "/v1/rest/../../etc/passwd",
          "/v1/things/x?q=%ff",
          "/v1/things/x?q=%",
        }) {
      String answer =
          server.raw(
              "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + AUTH + "Connection: close\r\n\r\n");
      assertThat(answer).as(path).startsWith("HTTP/1.1 4");
    }
  }

  @Test
  void answersCannotBeSplit() throws IOException {
    String answer =
        server.raw(
            "GET /v1/things/a%C4%8D%C4%8ASet-Cookie HTTP/1.1\r\nHost: x\r\n"
                + AUTH
                + "Connection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200").doesNotContain("\nSet-Cookie");
  }

  @Test
  void aHeadThatComesByteByByteIsCutOff() throws Exception {
    try (Socket socket = server.connect()) {
      byte[] head =
          ("GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(5000))
              .getBytes(StandardCharsets.US_ASCII);
      int end = -2;
      socket.setSoTimeout(10);
      for (int i = 0; i < head.length && end == -2; i++) {
        socket.getOutputStream().write(head[i]);
        socket.getOutputStream().flush();
        end = readOrNothing(socket);
      }
      assertThat(end).isEqualTo(-1);
    } catch (java.net.SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  /** -2 when nothing came. */
  private static int readOrNothing(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read();
    } catch (java.net.SocketTimeoutException e) {
      return -2;
    }
  }

  @Test
  void aSilentConnectionIsClosed() throws IOException {
    assertThat(server.raw("")).isEmpty();
    assertThat(server.raw("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 200");
  }

  @Test
  void aBodyThatDoesNotComeIsRefused() throws IOException {
    String answer = server.raw(post("Content-Length: 100\r\n", "{\"a\":"));
    assertThat(answer).startsWith("HTTP/1.1 408");
  }

  @Test
  void aBodyThatIsCutOffIsNoRequest() throws Exception {
    try (Socket socket = server.connect()) {
      socket
          .getOutputStream()
          .write(post("Content-Length: 100\r\n", "{\"a\":").getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .doesNotStartWith("HTTP/1.1 5")
          .doesNotStartWith("HTTP/1.1 2");
    }
  }

  @Test
  void aClientThatHangsUpIsNoticedWhileItsRequestRuns() throws Exception {
    try (Socket socket = server.connect()) {
      socket
          .getOutputStream()
          .write(
              ("GET /v1/until-gone HTTP/1.1\r\nHost: x\r\n" + AUTH + "\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      server.dialect.entered.acquire();
    }
    assertThat(server.dialect.gone.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatIsSentAheadIsAnsweredInOrder() throws IOException {
    String one = "GET /v1/things/1 HTTP/1.1\r\nHost: x\r\n" + AUTH + "\r\n";
    String two = "GET /v1/things/2 HTTP/1.1\r\nHost: x\r\n" + AUTH + "Connection: close\r\n\r\n";
    String answer = server.raw(one + two);
    assertThat(answer.indexOf("\"id\":\"1\"")).isPositive();
    assertThat(answer.indexOf("\"id\":\"2\"")).isGreaterThan(answer.indexOf("\"id\":\"1\""));
  }

  @Test
  void randomDamageNeverMakesTheServerFail() throws IOException {
    Random random = new Random(20_261_124);
    int rounds = Boolean.getBoolean("paddock.soak") ? 20_000 : 120;
    String[] bodies = {
      "{\"a\":[1,2,{\"b\":\"c\"}]}", "[[[[]]]]", "\"text\"", "{\"a\":1e400}", "{\"é\":\"\\u0000\"}"
    };
    for (int i = 0; i < rounds; i++) {
      String body = bodies[random.nextInt(bodies.length)];
      byte[] request =
          post("Connection: close\r\nContent-Length: " + body.length() + "\r\n", body)
              .getBytes(StandardCharsets.UTF_8);
      int changes = 1 + random.nextInt(3);
      for (int c = 0; c < changes; c++) {
        request[random.nextInt(request.length)] = (byte) random.nextInt(256);
      }
      String answer = answerOrReset(request);
      assertThat(answer)
          .as(new String(request, StandardCharsets.ISO_8859_1))
          .doesNotStartWith("HTTP/1.1 5");
    }
    assertThat(server.post("/v1/echo", "{}").statusCode()).isEqualTo(200);
  }

  private String answerOrReset(byte[] request) throws IOException {
    try {
      return server.raw(request);
    } catch (java.net.SocketException e) {
      // The server closed before it took everything.
      return "";
    }
  }
}
