package dev.paddock.egress;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a request, as strictly read as RFC 9112 allows.
 *
 * @param target as it stands in the request line: ASCII without blanks
 * @param minor of HTTP/1.x
 */
record RequestHead(String method, String target, int minor, Headers headers) {
  private static final Pattern LINE =
      Pattern.compile("([A-Z][A-Z-]{0,30}) ([\\x21-\\x7e]+) HTTP/1\\.([01])");

  private static final Pattern ABSOLUTE =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)");

  static Optional<RequestHead> read(HttpInput in, int maxBytes) throws IOException {
    Optional<HttpInput.Head> head = in.head(maxBytes);
    return head.isEmpty() ? Optional.empty() : Optional.of(of(head.get()));
  }

  private static RequestHead of(HttpInput.Head head) throws BadMessage {
    Matcher line = LINE.matcher(head.start());
    if (!line.matches()) {
      throw new BadMessage("not an HTTP/1.1 request line: " + Text.quoted(head.start()));
    }
    return new RequestHead(
        line.group(1), line.group(2), Integer.parseInt(line.group(3)), head.headers());
  }

  boolean connect() {
    return method.equals("CONNECT");
  }

  /** Whether it asks to become a WebSocket: RFC 6455 4.1. */
  boolean webSocket() {
    return method.equals("GET")
        && minor == 1
        && headers.lists("connection", "upgrade")
        && headers.lists("upgrade", "websocket");
  }

  /** The path of a target without the query, for rules and the log. */
  static String path(String pathAndQuery) {
    int query = pathAndQuery.indexOf('?');
    return query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
  }

  /** Where a request to a proxy goes: RFC 9112 3.2.2. */
  Absolute absolute() throws BadMessage {
    Matcher url = ABSOLUTE.matcher(target);
    if (!url.matches()) {
      throw new BadMessage(
          "this is a proxy: the request line must name a whole URL, not " + Text.quoted(target));
    }
    if (!url.group(1).equalsIgnoreCase("http")) {
      throw new BadMessage(
          "only http URLs are forwarded; for https open a tunnel with CONNECT, as every client does"
              + " that knows HTTPS_PROXY");
    }
    String rest = url.group(3);
    return new Absolute(url.group(2), rest.startsWith("/") ? rest : "/" + rest);
  }

  /** The parts of a URL; the path has the query with it. */
  record Absolute(String authority, String path) {}
}
