package dev.paddock.egress;

import java.io.EOFException;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The head of an answer. */
record ResponseHead(int status, String reason, int minor, Headers headers) {
  private static final Pattern LINE = Pattern.compile("HTTP/1\\.([01]) ([1-5]\\d\\d)(?: (.*))?");

  static ResponseHead read(HttpInput in, int maxBytes) throws IOException {
    HttpInput.Head head =
        in.head(maxBytes).orElseThrow(() -> new EOFException("the host closed without an answer"));
    Matcher line = LINE.matcher(head.start());
    if (!line.matches()) {
      throw new BadMessage("not an HTTP/1.1 status line: " + Text.quoted(head.start()));
    }
    String reason = line.group(3) == null ? "" : line.group(3);
    return new ResponseHead(
        Integer.parseInt(line.group(2)), reason, Integer.parseInt(line.group(1)), head.headers());
  }

  boolean interim() {
    return status < 200 && status != 101;
  }
}
