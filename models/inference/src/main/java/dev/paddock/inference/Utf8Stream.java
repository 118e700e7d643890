package dev.paddock.inference;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Turns bytes that come in any portions into text; what is no UTF-8 becomes U+FFFD. */
final class Utf8Stream {
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] rest = new byte[0];

  /** The text that is complete after these bytes. */
  String push(byte[] bytes) {
    return decode(bytes, false);
  }

  /** What is left at the end. */
  String finish() {
    return decode(new byte[0], true);
  }

  private String decode(byte[] bytes, boolean end) {
    byte[] all = Arrays.copyOf(rest, rest.length + bytes.length);
    System.arraycopy(bytes, 0, all, rest.length, bytes.length);
    ByteBuffer in = ByteBuffer.wrap(all);
    CharBuffer out = CharBuffer.allocate(all.length + 4);
    decoder.decode(in, out, end);
    if (end) {
      decoder.flush(out);
      decoder.reset();
    }
    rest = Arrays.copyOfRange(all, in.position(), all.length);
    return out.flip().toString();
  }
}
