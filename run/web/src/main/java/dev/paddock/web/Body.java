package dev.paddock.web;

import dev.paddock.core.ErrorCode;
import dev.paddock.egress.EgressAnswer;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/**
 * The body of an answer, unpacked up to a limit.
 *
 * @param type its media type in lower case, without parameters; empty if it has none
 * @param whole whether nothing was left out
 */
@SuppressWarnings("ArrayRecordComponent") // bytes to be read, never compared
record Body(String type, Optional<String> charset, byte[] bytes, boolean whole) {
  private static final int PRESCAN_BYTES = 4096;
  private static final Pattern CHARSET =
      Pattern.compile("charset\\s*=\\s*[\"']?([A-Za-z0-9_:.-]{1,40})", Pattern.CASE_INSENSITIVE);

  static Body of(EgressAnswer answer, int maxBytes) {
    String type = answer.field("content-type").orElse("");
    String packing = answer.field("content-encoding").orElse("identity").strip();
    byte[] bytes;
    try {
      bytes = unpacked(answer.body(), packing.toLowerCase(Locale.ROOT), maxBytes + 1);
    } catch (IOException e) {
      throw new WebException(
          ErrorCode.INVALID_REQUEST, "the answer is not packed as it says: " + e.getMessage(), e);
    }
    boolean fits = bytes.length <= maxBytes;
    return new Body(
        type.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT),
        charset(type),
        fits ? bytes : Arrays.copyOf(bytes, maxBytes),
        fits && answer.whole());
  }

  private static byte[] unpacked(byte[] bytes, String packing, int most) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    return switch (packing) {
      case "", "identity" -> bytes;
      case "gzip", "x-gzip" -> bytes.length == 0 ? bytes : some(new GZIPInputStream(in), most);
      case "deflate" -> some(new InflaterInputStream(in), most);
      default ->
          throw WebException.invalid(
              "the answer is packed as \"%s\", which was not asked for".formatted(packing));
    };
  }

  /** What can be read of a stream that may have been cut off. */
  private static byte[] some(InputStream packed, int most) throws IOException {
    byte[] out = new byte[Math.min(most, 64 << 10)];
    int length = 0;
    try (packed) {
      while (length < most) {
        if (length == out.length) {
          out = Arrays.copyOf(out, (int) Math.min(most, out.length * 2L));
        }
        int n = packed.read(out, length, out.length - length);
        if (n < 0) {
          break;
        }
        length += n;
      }
    } catch (EOFException cut) {
      return Arrays.copyOf(out, length);
    }
    return Arrays.copyOf(out, length);
  }

  private static Optional<String> charset(String text) {
    Matcher found = CHARSET.matcher(text);
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }

  boolean html() {
    return type.equals("text/html") || type.equals("application/xhtml+xml") || looksHtml();
  }

  private boolean looksHtml() {
    if (!type.isEmpty()) {
      return false;
    }
    String start = start().stripLeading().toLowerCase(Locale.ROOT);
    return start.startsWith("<!doctype html") || start.startsWith("<html");
  }

  /** Whether it can be read as text. */
  boolean text() {
    return type.startsWith("text/")
        || type.matches("application/(.*\\+)?(json|xml|yaml|x-yaml|javascript|toml|ld\\+json)")
        || type.matches("application/(x-ndjson|jsonl|x-sh|sql|graphql|x-www-form-urlencoded)")
        || (type.isEmpty() && start().chars().noneMatch(c -> c == 0));
  }

  private String start() {
    int length = Math.min(bytes.length, PRESCAN_BYTES);
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  /**
   * As text: by a byte order mark, by what its head says, by what a page says of itself, else as
   * UTF-8 if it is that, and else as Windows does.
   */
  String decoded() {
    int mark = markBytes();
    Optional<Charset> said =
        mark > 0
            ? Optional.of(marked())
            : charset
                .flatMap(Body::known)
                .or(() -> html() ? charset(start()).flatMap(Body::known) : Optional.empty());
    ByteBuffer content = ByteBuffer.wrap(bytes, mark, bytes.length - mark);
    if (said.isPresent()) {
      return said.get().decode(content).toString();
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(content.duplicate()).toString();
    } catch (CharacterCodingException notUtf8) {
      Charset other =
          whole
              ? known("windows-1252").orElse(StandardCharsets.ISO_8859_1)
              : StandardCharsets.UTF_8;
      return other.decode(content).toString();
    }
  }

  private int markBytes() {
    if (starts(0xEF, 0xBB, 0xBF)) {
      return 3;
    }
    return starts(0xFE, 0xFF) || starts(0xFF, 0xFE) ? 2 : 0;
  }

  private Charset marked() {
    if (starts(0xEF)) {
      return StandardCharsets.UTF_8;
    }
    return starts(0xFE) ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
  }

  private boolean starts(int... expected) {
    for (int i = 0; i < expected.length; i++) {
      if (bytes.length <= i || (bytes[i] & 0xFF) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Charset> known(String name) {
    try {
      Charset charset = Charset.forName(name);
      return Optional.of(
          charset.equals(StandardCharsets.ISO_8859_1) || charset.equals(StandardCharsets.US_ASCII)
              ? Charset.forName("windows-1252")
              : charset);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
      return Optional.empty();
    }
  }
}
