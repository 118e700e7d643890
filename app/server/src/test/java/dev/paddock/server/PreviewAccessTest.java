package dev.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.node.PortPreviews;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may open a preview, and at which host. */
final class PreviewAccessTest extends PreviewSetup {
  @Test
  void theLinkSetsACookieForThisHostAloneAndIsOpenedWithoutTheToken() throws Exception {
    String answer = ask("GET /a/b?x=1&paddock_token=" + token + "&y=%20");
    assertThat(answer)
        .startsWith("HTTP/1.1 303")
        .contains("Location: http://" + host + "/a/b?x=1&y=%20\r\n")
        .contains("paddock_preview=" + token + "; Path=/; HttpOnly; SameSite=Lax\r\n")
        .contains("Referrer-Policy: no-referrer")
        .doesNotContainIgnoringCase("domain=");
    assertThat(program.heads).isEmpty();
    assertThat(ask("GET //evil.example/?paddock_token=" + token)).startsWith("HTTP/1.1 400");
  }

  @Test
  void withoutItsOwnTokenNobodyIsLetIn() throws Exception {
    String first = token;
    open();
    for (String line :
        List.of("GET /", "GET /?paddock_token=", "GET /?paddock_token=" + first, "POST /")) {
      assertThat(ask(line, "Cookie: paddock_preview=" + first)).startsWith("HTTP/1.1 401");
    }
    assertThat(ask("GET /", "Authorization: Bearer " + first)).startsWith("HTTP/1.1 401");
    assertThat(ask("GET /", "Authorization: Bearer " + TestingServer.KEY))
        .startsWith("HTTP/1.1 401");
    assertThat(ask("POST /?paddock_token=" + token, "Content-Length: 0"))
        .startsWith("HTTP/1.1 401");
    assertThat(program.heads).isEmpty();
  }

  @Test
  void pagesElsewhereCannotUseTheViewersCookie() throws Exception {
    for (String[] from :
        new String[][] {
          {"Origin: http://evil.example"},
          {"Origin: null"},
          {"Origin: https://" + host},
          {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"},
          {"Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"}
        }) {
      String[] all = java.util.Arrays.copyOf(from, from.length + 1);
      all[from.length] = cookie();
      assertThat(ask("GET /", all)).startsWith("HTTP/1.1 403");
    }
    assertThat(program.heads).isEmpty();
    assertThat(
            ask(
                "GET /",
                cookie(),
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Mode: navigate",
                "Sec-Fetch-Dest: document"))
        .startsWith("HTTP/1.1 200");
    assertThat(ask("POST /", cookie(), "Origin: http://" + host, "Content-Length: 0"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void theApiIsNotAtAPreviewsHostNorTheOtherWayRound() throws Exception {
    assertThat(ask("GET /health", "x-api-key: " + TestingServer.KEY)).startsWith("HTTP/1.1 401");
    for (String other : List.of("a.localhost", "x" + host, "a.b.localhost", host + "x")) {
      assertThat(askAt(other, "GET /health", bearer())).startsWith("HTTP/1.1 4");
    }
    assertThat(askAt("localhost", "GET /", bearer())).doesNotContain("hello");
    assertThat(askAt(host.toUpperCase(java.util.Locale.ROOT), "GET /", bearer()))
        .startsWith("HTTP/1.1 200");
    assertThat(askAt("localhost", "GET http://" + host + "/", bearer())).startsWith("HTTP/1.1 400");
  }

  @Test
  void whatIsOverIsGone() throws Exception {
    assertThat(previews.revoke(session, id).orElseThrow().state())
        .isEqualTo(PortPreviews.State.REVOKED);
    assertThat(ask("GET /", cookie())).startsWith("HTTP/1.1 410").contains("revoked");
    open();
    previews.end(session);
    assertThat(ask("GET /", bearer())).startsWith("HTTP/1.1 410");
    open();
    server.sessions().delete(session);
    assertThat(ask("GET /", bearer())).startsWith("HTTP/1.1 410").contains("has ended");
    assertThat(program.heads).isEmpty();
  }

  @Test
  void withoutAProgramThePageSaysWhatToDo() throws Exception {
    program.running = false;
    assertThat(ask("GET /", cookie()))
        .startsWith("HTTP/1.1 502")
        .contains("text/html")
        .contains("Ask the agent to start");
  }
}
