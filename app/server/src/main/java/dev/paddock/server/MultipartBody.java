package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.Blobs;
import dev.paddock.server.spi.Request.Part;
import dev.paddock.server.spi.ServerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code multipart/form-data} body (RFC 7578), read once from start to end. Files go to the blobs
 * as they come, so a large one takes no memory.
 */
final class MultipartBody {
  private static final int MAX_PARTS = 1000;
  private static final int MAX_HEADERS = 8 << 10;
  private static final int MAX_FIELD = 1 << 20;
  private static final int MAX_FIELDS_TOGETHER = 8 << 20;
  private static final Pattern BOUNDARY =
      Pattern.compile(
          ";\\s*boundary=(?:\"([^\"]{1,70})\"|([^\\s;\"]{1,70}))", Pattern.CASE_INSENSITIVE);
  private static final Pattern DISPOSITION_PARAMETER =
      Pattern.compile(
          ";\\s*(name|filename)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s;\"]+))",
          Pattern.CASE_INSENSITIVE);

  private final MultipartInput input;
  private final Blobs blobs;
  private long fieldBytes;

  MultipartBody(InputStream body, String contentType, Blobs blobs) {
    Matcher boundary = BOUNDARY.matcher(contentType);
    if (!boundary.find()) {
      throw malformed("the content-type names no boundary of 1 to 70 characters");
    }
    String text = Optional.ofNullable(boundary.group(1)).orElseGet(() -> boundary.group(2));
    this.input = new MultipartInput(body, text.getBytes(StandardCharsets.UTF_8));
    this.blobs = blobs;
  }

  List<Part> read() throws IOException {
    List<Part> parts = new ArrayList<>();
    while (input.nextPart()) {
      if (parts.size() == MAX_PARTS) {
        throw new ServerException(
                ErrorCode.LIMIT_EXCEEDED, "more than " + MAX_PARTS + " parts in the form")
            .withStatus(413);
      }
      parts.add(part());
    }
    return List.copyOf(parts);
  }

  private Part part() throws IOException {
    Map<String, String> headers = headers(input.headers(MAX_HEADERS));
    String disposition = headers.getOrDefault("content-disposition", "");
    if (!disposition.toLowerCase(Locale.ROOT).startsWith("form-data")) {
      throw malformed("a part lacks content-disposition: form-data");
    }
    Map<String, String> parameters = parameters(disposition);
    String name = parameters.get("name");
    if (name == null) {
      throw malformed("a part has no name");
    }
    Optional<String> type = Optional.ofNullable(headers.get("content-type"));
    Optional<String> fileName = Optional.ofNullable(parameters.get("filename"));
    if (fileName.isEmpty()) {
      byte[] field = field(name);
      return new Part(
          name, fileName, type, Optional.empty(), field.length, Optional.of(utf8(field)));
    }
    CountingInput content = new CountingInput(input.content());
    String sha256 = blobs.put(content);
    return new Part(name, fileName, type, Optional.of(sha256), content.count(), Optional.empty());
  }

  private byte[] field(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    InputStream content = input.content();
    byte[] buffer = new byte[8192];
    for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
      fieldBytes += n;
      if (bytes.size() + n > MAX_FIELD || fieldBytes > MAX_FIELDS_TOGETHER) {
        throw new ServerException(
                ErrorCode.LIMIT_EXCEEDED,
                "field \"%s\" is too long; a field may have %,d bytes, all together %,d"
                    .formatted(shown(name), MAX_FIELD, MAX_FIELDS_TOGETHER))
            .withStatus(413);
      }
      bytes.write(buffer, 0, n);
    }
    return bytes.toByteArray();
  }

  private static Map<String, String> headers(byte[] block) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line : utf8(block).split("\r\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw malformed("a part's header line has no colon");
      }
      String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      if (headers.put(name, line.substring(colon + 1).strip()) != null) {
        throw malformed("a part has the header " + shown(name) + " twice");
      }
    }
    return headers;
  }

  private static Map<String, String> parameters(String disposition) {
    Map<String, String> parameters = new LinkedHashMap<>();
    Matcher matcher = DISPOSITION_PARAMETER.matcher(disposition);
    while (matcher.find()) {
      String quoted = matcher.group(2);
      String value = quoted == null ? String.valueOf(matcher.group(3)) : unquote(quoted);
      parameters.put(matcher.group(1).toLowerCase(Locale.ROOT), value);
    }
    return parameters;
  }

  /** Browsers and clients write a quote as {@code %22} or {@code \"}. */
  private static String unquote(String quoted) {
    return quoted
        .replaceAll("\\\\([\"\\\\])", "$1")
        .replace("%22", "\"")
        .replace("%0D", "\r")
        .replace("%0A", "\n");
  }

  private static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw malformed("a header or field is not UTF-8");
    }
  }

  private static String shown(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }

  static ServerException malformed(String why) {
    return new ServerException(ErrorCode.INVALID_REQUEST, "malformed form: " + why);
  }

  /** Counts what was read. */
  private static final class CountingInput extends InputStream {
    private final InputStream in;
    private long count;

    CountingInput(InputStream in) {
      this.in = in;
    }

    long count() {
      return count;
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      count += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int n = in.read(into, offset, length);
      count += Math.max(n, 0);
      return n;
    }
  }
}
