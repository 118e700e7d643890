package dev.paddock.egress;

import java.util.List;
import java.util.Optional;

/** How long a body is: RFC 9112 6. What could be read in two ways is refused. */
sealed interface Framing {
  /** There is none. */
  record None() implements Framing {}

  /** So many bytes. */
  record Length(long bytes) implements Framing {}

  /** In chunks, of which the last is empty. */
  record Chunked() implements Framing {}

  /** Up to the end of the connection. */
  record UntilClose() implements Framing {}

  static Framing ofRequest(RequestHead head) throws BadMessage {
    Framing framing = declared(head.headers(), head.minor());
    return framing instanceof UntilClose ? new None() : framing;
  }

  static Framing ofResponse(ResponseHead head, String requestMethod) throws BadMessage {
    Framing framing = declared(head.headers(), head.minor());
    boolean none = head.status() < 200 || head.status() == 204 || head.status() == 304;
    return none || requestMethod.equals("HEAD") ? new None() : framing;
  }

  private static Framing declared(Headers headers, int minor) throws BadMessage {
    List<String> encodings = headers.all("transfer-encoding");
    Optional<String> length = headers.single("content-length");
    if (!encodings.isEmpty()) {
      if (length.isPresent()) {
        throw new BadMessage("both Content-Length and Transfer-Encoding");
      }
      if (minor == 0) {
        throw new BadMessage("Transfer-Encoding in HTTP/1.0");
      }
      if (encodings.size() > 1 || !encodings.getFirst().equalsIgnoreCase("chunked")) {
        throw new BadMessage("a Transfer-Encoding other than chunked");
      }
      return new Chunked();
    }
    if (length.isEmpty()) {
      return new UntilClose();
    }
    if (!length.get().matches("[0-9]{1,18}")) {
      throw new BadMessage("not a Content-Length: " + Text.quoted(length.get()));
    }
    return new Length(Long.parseLong(length.get()));
  }
}
