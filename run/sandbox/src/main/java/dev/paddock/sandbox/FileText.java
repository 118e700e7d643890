package dev.paddock.sandbox;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** What the bytes of a file are. */
final class FileText {
  private static final int SNIFFED_BYTES = 8 << 10;

  private FileText() {}

  /** The text; empty where it is not UTF-8 or holds zeros. */
  static Optional<String> of(byte[] bytes) {
    if (hasZeros(bytes, bytes.length)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  static boolean looksBinary(byte[] bytes, int length) {
    return hasZeros(bytes, Math.min(length, SNIFFED_BYTES));
  }

  private static boolean hasZeros(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] == 0) {
        return true;
      }
    }
    return false;
  }

  /** The media type of the images that models take. */
  static Optional<String> imageType(byte[] bytes) {
    if (startsWith(bytes, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n')) {
      return Optional.of("image/png");
    }
    if (startsWith(bytes, 0, 0xff, 0xd8, 0xff)) {
      return Optional.of("image/jpeg");
    }
    if (startsWith(bytes, 0, 'G', 'I', 'F', '8', '7', 'a')
        || startsWith(bytes, 0, 'G', 'I', 'F', '8', '9', 'a')) {
      return Optional.of("image/gif");
    }
    if (startsWith(bytes, 0, 'R', 'I', 'F', 'F') && startsWith(bytes, 8, 'W', 'E', 'B', 'P')) {
      return Optional.of("image/webp");
    }
    return Optional.empty();
  }

  /** What a file that is no UTF-8 text is, and what opens it. */
  static String describe(byte[] bytes, long size) {
    String what =
        startsWith(bytes, 0, '%', 'P', 'D', 'F', '-')
            ? "a PDF document; get its text with a program such as pdftotext in bash"
            : startsWith(bytes, 0, 'P', 'K', 3, 4)
                ? "a ZIP archive or office document; unpack it in bash"
                : startsWith(bytes, 0, 0x1f, 0x8b)
                    ? "gzip data; unpack it in bash"
                    : startsWith(bytes, 0, 0x7f, 'E', 'L', 'F')
                        ? "a program"
                        : looksBinary(bytes, bytes.length)
                            ? "binary data; look at it in bash, such as with od or strings"
                            : "text that is not UTF-8; convert it with iconv in bash";
    return String.format(Locale.ROOT, "%,d bytes of %s", size, what)
        .replace("bytes of a ", "bytes, a ");
  }

  private static boolean startsWith(byte[] bytes, int at, int... magic) {
    if (bytes.length < at + magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((bytes[at + i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
