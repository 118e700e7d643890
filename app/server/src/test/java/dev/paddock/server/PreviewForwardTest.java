package dev.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What passes between a viewer and a program that may be hostile. */
final class PreviewForwardTest extends PreviewSetup {
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  @Test
  void theProgramSeesTheRequestButNothingOfPaddock() throws Exception {
    String answer =
        ask(
            "GET /a?paddock%5Ftoken=x&b=c",
            "Cookie: first=1; paddock_preview=" + token + "; last=2",
            "Authorization: Basic own",
            "X-Forwarded-For: 1.2.3.4",
            "X-Forwarded-Proto: https",
            "Forwarded: for=1.2.3.4",
            "X-Paddock-Thing: 1",
            "X-Hop: 1",
            "Keep-Alive: 5",
            "TE: trailers",
            "Connection: X-Hop",
            "Accept: text/html");
    assertThat(answer).startsWith("HTTP/1.1 200").endsWith("hello");
    assertThat(program.head())
        .startsWith("GET /a?b=c HTTP/1.1\r\nHost: " + host + "\r\n")
        .contains("Cookie: first=1; last=2\r\n")
        .contains("Authorization: Basic own\r\n", "Accept: text/html\r\n", "Connection: close\r\n")
        .contains("X-Forwarded-Host: " + host + "\r\n", "X-Forwarded-Proto: http\r\n")
        .doesNotContain(token, "1.2.3.4", "X-Paddock", "X-Hop", "Keep-Alive", "TE:", "https");
    assertThat(ask("GET /", bearer())).startsWith("HTTP/1.1 200");
    assertThat(program.head()).doesNotContain(token).doesNotContainIgnoringCase("authorization");
    assertThat(server.logged()).doesNotContain(token).doesNotContain(id).contains("\"preview\"");
  }

  @Test
  void headersThatReachBeyondTheHostAreTakenOut() throws Exception {
    String answered =
        """
        HTTP/1.1 200 OK
        Set-Cookie: a=1; Domain=localhost; Path=/x
        Set-Cookie: b=2;domain = .localhost
        Set-Cookie: paddock_preview=x
        Strict-Transport-Security: max-age=9
        Alt-Svc: h3=":1"
        Connection: X-Hop
        Clear-Site-Data: "*"
        X-Hop: 1
        X-Own: 1
        Content-Length: 0

        """;
    program.answers(answered.replace("\n", "\r\n"));
    String answer = ask("GET /", cookie());
    assertThat(answer)
        .contains("Set-Cookie: a=1; Path=/x\r\n", "Set-Cookie: b=2\r\n", "X-Own: 1\r\n")
        .doesNotContainIgnoringCase("domain")
        .doesNotContainIgnoringCase("paddock_preview")
        .doesNotContain("Strict", "Alt-Svc", "X-Hop", "Clear-Site");
  }

  @Test
  void answersThatAreNotProperHttpAreRefused() throws Exception {
    for (String wrong :
        List.of(
            "",
            "hello",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\u0000c\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n".repeat(20) + OK,
            "HTTP/1.1 200 OK\r\nA: " + "x".repeat(64 << 10) + "\r\n\r\n",
            "HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(20_000) + "\r\n")) {
      program.answers(wrong);
      assertThat(ask("GET /", cookie()))
          .as(wrong.substring(0, Math.min(60, wrong.length())) + server.logged())
          .startsWith("HTTP/1.1 502");
    }
    program.answers("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
    assertThat(ask("GET /", cookie())).doesNotContain("\r\n0\r\n");
    program.answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz");
    assertThat(ask("GET /", cookie())).doesNotContain("\r\n0\r\n");
    program.answers(OK + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond");
    assertThat(ask("GET /", cookie())).endsWith("hello").doesNotContain("second");
  }

  @Test
  void anAnswerWithoutABodyIsOverAlthoughTheProgramStaysConnected() throws Exception {
    for (String whole :
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\n\r\n",
            OK)) {
      program.answers(
          (head, in, out) -> {
            out.write(whole.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(in.read()).isEqualTo(-1);
          });
      assertThat(ask("GET /", cookie())).startsWith(whole.substring(0, 12));
    }
  }

  @Test
  void requestsThatTwoCouldReadDifferentlyDoNotArrive() throws Exception {
    String[] wrong = {
      "POST / HTTP/1.1\r\nHost: %s\r\n%s\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: %s\r\n%s\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
      "POST / HTTP/1.1\r\nHost: %s\r\n%s\r\nTransfer-Encoding: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: %s\r\n%s\r\nA : b\r\n\r\n",
      "GET /\u00e4 HTTP/1.1\r\nHost: %s\r\n%s\r\nConnection: close\r\n\r\n",
      "TRACE / HTTP/1.1\r\nHost: %s\r\n%s\r\nConnection: close\r\n\r\n"
    };
    for (String text : wrong) {
      assertThat(server.raw(text.formatted(host, cookie()))).startsWith("HTTP/1.1 4");
    }
    assertThat(program.heads).isEmpty();
  }

  @Test
  void largeBodiesGoBothWaysAndChunksAreMadeAnew() throws Exception {
    program.answers(
        (head, in, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                  .getBytes(StandardCharsets.ISO_8859_1));
          long length = 3L << 20;
          byte[] bytes = in.readNBytes((int) length);
          for (int at = 0; at < bytes.length; at += 1 << 16) {
            out.write("10000\r\n".getBytes(StandardCharsets.ISO_8859_1));
            out.write(bytes, at, 1 << 16);
            out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
          }
          out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        });
    byte[] body = new byte[3 << 20];
    new java.util.Random(3).nextBytes(body);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    sent.writeBytes(
        "POST / HTTP/1.0\r\nHost: %s\r\n%s\r\nContent-Length: %d\r\n\r\n"
            .formatted(host, cookie(), body.length)
            .getBytes(StandardCharsets.ISO_8859_1));
    sent.writeBytes(body);
    byte[] got = server.raw(sent.toByteArray()).getBytes(StandardCharsets.ISO_8859_1);
    assertThat(java.util.Arrays.copyOfRange(got, got.length - body.length, got.length))
        .isEqualTo(body);
    program.answers((head, in, out) -> out.write(OK.getBytes(StandardCharsets.ISO_8859_1)));
    program.heads.clear();
    assertThat(
            server.raw(
                "POST / HTTP/1.1\r\nHost: %s\r\n%s\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n"
                    .formatted(host, cookie())))
        .startsWith("HTTP/1.1 200");
    assertThat(program.head()).contains("Transfer-Encoding: chunked").doesNotContain("Content-L");
  }

  @Test
  void eventsArriveAsTheyAreSent() throws Exception {
    Object go = new Object();
    boolean[] read = new boolean[1];
    program.answers(
        (head, in, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n"
                  .getBytes(StandardCharsets.ISO_8859_1));
          synchronized (go) {
            while (!read[0]) {
              try {
                go.wait();
              } catch (InterruptedException e) {
                return;
              }
            }
          }
          out.write("data: 2\n\n".getBytes(StandardCharsets.ISO_8859_1));
        });
    try (Socket socket = server.connect()) {
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n"
                  .formatted(host, cookie())
                  .getBytes(StandardCharsets.ISO_8859_1));
      until(socket.getInputStream(), "data: 1");
      synchronized (go) {
        read[0] = true;
        go.notifyAll();
      }
      until(socket.getInputStream(), "data: 2");
    }
  }

  private static String until(InputStream in, String text) throws IOException {
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf(text) < 0) {
      int next = in.read();
      assertThat(next).as(seen.toString()).isNotNegative();
      seen.append((char) next);
    }
    return seen.toString();
  }

  private String handshake(String... more) {
    return "GET /ws HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            .formatted(host)
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n%s\r\n\r\n"
            .formatted(KEY, String.join("\r\n", more));
  }

  @Test
  void aWebSocketIsPassedOnAndEndsWithItsPreview() throws Exception {
    program.answers(
        (head, in, out) -> {
          out.write(
              ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      + "Sec-WebSocket-Accept: "
                      + ACCEPT
                      + "\r\nX-Own: 1\r\n\r\nfirst")
                  .getBytes(StandardCharsets.ISO_8859_1));
          in.transferTo(out);
        });
    try (Socket socket = server.connect()) {
      socket
          .getOutputStream()
          .write(
              (handshake(cookie(), "Origin: http://" + host) + "early")
                  .getBytes(StandardCharsets.ISO_8859_1));
      String answer = until(socket.getInputStream(), "first");
      assertThat(answer)
          .startsWith("HTTP/1.1 101")
          .contains("Sec-WebSocket-Accept: " + ACCEPT)
          .doesNotContain("X-Own");
      until(socket.getInputStream(), "early");
      assertThat(program.head()).contains("Sec-WebSocket-Key: " + KEY).doesNotContain(token);
      socket.getOutputStream().write("later".getBytes(StandardCharsets.ISO_8859_1));
      until(socket.getInputStream(), "later");
      previews.revoke(session, id);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void aWebSocketOfAnotherPageOrWithAWrongHandshakeIsRefused() throws Exception {
    String own = "Origin: http://" + host;
    assertThat(server.raw(close(handshake(cookie(), "Origin: http://evil.example"))))
        .startsWith("HTTP/1.1 403");
    assertThat(server.raw(close(handshake(cookie())))).startsWith("HTTP/1.1 403");
    assertThat(server.raw(close(handshake(own)))).startsWith("HTTP/1.1 401");
    assertThat(server.raw(close(handshake(cookie(), own).replace("Version: 13", "Version: 12"))))
        .startsWith("HTTP/1.1 400");
    assertThat(server.raw(close(handshake(cookie(), own).replace(KEY, "short"))))
        .startsWith("HTTP/1.1 400");
    assertThat(server.raw(close(handshake(cookie(), own).replace("websocket", "h2c"))))
        .startsWith("HTTP/1.1 4");
    assertThat(program.heads).isEmpty();
    for (String wrong :
        List.of(
            OK,
            "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
            "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                + ACCEPT
                + "\r\nSec-WebSocket-Protocol: unasked\r\n\r\n")) {
      program.answers(wrong);
      assertThat(server.raw(close(handshake(cookie(), own)))).startsWith("HTTP/1.1 502");
    }
  }

  private static String close(String head) {
    return head.replace("Connection: Upgrade", "Connection: Upgrade, close");
  }
}
