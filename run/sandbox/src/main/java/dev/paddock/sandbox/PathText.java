package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * File names as text. A name is any bytes; in text, a byte that is not UTF-8 and a character that
 * would break a line or reorder it is written {@code \xHH}, as is a backslash that would be read
 * so. Each name has one text and each text one name, so what a listing shows can be opened, is one
 * line, and survives JSON.
 */
final class PathText {
  /** The longest path that one system call takes, without its final zero. */
  static final int MAX_BYTES = 4095;

  private static final HexFormat HEX = HexFormat.of();

  private PathText() {}

  static String encode(byte[] name) {
    StringBuilder out = new StringBuilder(name.length);
    int at = 0;
    while (at < name.length) {
      int length = sequenceLength(name, at);
      if (length == 0) {
        escape(out, name, at, 1);
        length = 1;
      } else {
        String text = new String(name, at, length, StandardCharsets.UTF_8);
        boolean literal = !unsafe(text.codePointAt(0)) && !escapeAt(name, at);
        if (literal) {
          out.append(text);
        } else {
          escape(out, name, at, length);
        }
      }
      at += length;
    }
    return out.toString();
  }

  /** {@code INVALID_REQUEST} where the text names no path: too long, or with a zero byte. */
  static byte[] decode(String text) {
    byte[] path = decodeAny(text);
    if (path.length > MAX_BYTES) {
      throw invalid(text, "it is longer than %,d bytes".formatted(MAX_BYTES));
    }
    return path;
  }

  private static byte[] decodeAny(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
    byte[] bytes = utf8(text);
    int at = 0;
    while (at < bytes.length) {
      if (escapeAt(bytes, at)) {
        int value =
            HexFormat.fromHexDigits(new String(bytes, at + 2, 2, StandardCharsets.US_ASCII));
        if (value == '/') {
          throw invalid(text, "it has a slash inside a name");
        }
        out.write(value);
        at += 4;
      } else {
        out.write(bytes[at]);
        at++;
      }
    }
    byte[] path = out.toByteArray();
    for (byte b : path) {
      if (b == 0) {
        throw invalid(text, "it has a zero byte");
      }
    }
    return path;
  }

  /** Whether a system call takes the path whole. */
  static boolean fits(String path) {
    return path.length() * 3 <= MAX_BYTES || decodeAny(path).length <= MAX_BYTES;
  }

  private static byte[] utf8(String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new SandboxException(
          ErrorCode.INVALID_REQUEST, "not a path: half a surrogate pair in it", e);
    }
  }

  private static SandboxException invalid(String text, String why) {
    String shown = text.length() > 200 ? text.substring(0, 200) + "…" : text;
    return new SandboxException(
        ErrorCode.INVALID_REQUEST, "not a path: \"%s\"; %s".formatted(shown, why));
  }

  private static void escape(StringBuilder out, byte[] name, int at, int length) {
    for (int i = at; i < at + length; i++) {
      out.append("\\x").append(HEX.toHexDigits(name[i]));
    }
  }

  /** Whether {@code \xHH} stands here. */
  private static boolean escapeAt(byte[] bytes, int at) {
    return at + 3 < bytes.length
        && bytes[at] == '\\'
        && bytes[at + 1] == 'x'
        && HexFormat.isHexDigit(bytes[at + 2])
        && HexFormat.isHexDigit(bytes[at + 3]);
  }

  private static boolean unsafe(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      default ->
          (codePoint >= 0x202a && codePoint <= 0x202e)
              || (codePoint >= 0x2066 && codePoint <= 0x2069);
    };
  }

  /** The length of the valid UTF-8 sequence that starts here; 0 where none does. */
  private static int sequenceLength(byte[] bytes, int at) {
    int first = bytes[at] & 0xff;
    int length =
        first < 0x80
            ? 1
            : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length == 0 || at + length > bytes.length) {
      return 0;
    }
    for (int i = 1; i < length; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    int second = length > 1 ? bytes[at + 1] & 0xff : 0;
    boolean overlongOrBeyond =
        (first == 0xe0 && second < 0xa0)
            || (first == 0xed && second >= 0xa0)
            || (first == 0xf0 && second < 0x90)
            || (first == 0xf4 && second >= 0x90);
    return overlongOrBeyond ? 0 : length;
  }
}
