package dev.paddock.checks;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A request as it goes over the wire.
 *
 * @param head up to the empty line, as Latin-1
 * @param dialect of the route
 * @param shape the dialect whose errors it must get, where that is certain
 * @param framed whether the connection is of use after it
 */
@SuppressWarnings("ArrayRecordComponent") // bytes to send, never compared
record FuzzRequest(
    String dialect,
    String method,
    String path,
    String head,
    byte[] body,
    Optional<String> shape,
    boolean framed) {
  private static final int SHOWN = 3000;

  static FuzzRequest of(
      String dialect,
      String method,
      String path,
      String query,
      List<String> headers,
      byte[] body,
      Optional<String> shape) {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path).append(query).append(" HTTP/1.1\r\n");
    headers.forEach(header -> head.append(header).append("\r\n"));
    if (body.length > 0 || !method.equals("GET")) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    head.append("\r\n");
    return new FuzzRequest(dialect, method, path, head.toString(), body, shape, true);
  }

  /** Other bytes, of which nobody knows what they mean. */
  FuzzRequest damaged(String otherHead) {
    return new FuzzRequest(dialect, method, path, otherHead, body, Optional.empty(), false);
  }

  byte[] bytes() {
    ByteArrayOutputStream all = new ByteArrayOutputStream(head.length() + body.length);
    all.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
    all.writeBytes(body);
    return all.toByteArray();
  }

  @Override
  public String toString() {
    String text = new String(bytes(), StandardCharsets.ISO_8859_1);
    return text.length() > SHOWN
        ? text.substring(0, SHOWN) + "… (%,d bytes)".formatted(text.length())
        : text;
  }
}
