package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.server.spi.ServerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Splits a stream at its boundary lines (RFC 2046, section 5.1.1), with one buffer. */
final class MultipartInput {
  private static final int SIZE = 64 << 10;

  private final InputStream in;
  private final byte[] delimiter;
  private final byte[] buffer = new byte[SIZE];
  private int start;
  private int end;
  private boolean eof;
  private boolean first = true;

  MultipartInput(InputStream in, byte[] boundary) {
    this.in = in;
    byte[] dashes = "\r\n--".getBytes(StandardCharsets.US_ASCII);
    delimiter = Arrays.copyOf(dashes, dashes.length + boundary.length);
    System.arraycopy(boundary, 0, delimiter, dashes.length, boundary.length);
    // The first boundary may stand at the very start, so the line break before it is supplied.
    buffer[end++] = '\r';
    buffer[end++] = '\n';
  }

  /** Goes to the next part's headers; what is left of the current one is skipped. */
  boolean nextPart() throws IOException {
    byte[] skipped = new byte[8192];
    InputStream rest = content();
    long preamble = 0;
    for (int n = rest.read(skipped); n >= 0; n = rest.read(skipped)) {
      preamble += n;
      if (first && preamble > SIZE) {
        throw MultipartBody.malformed("no boundary in the first " + SIZE + " bytes");
      }
    }
    first = false;
    start += delimiter.length;
    require(2);
    if (buffer[start] == '-' && buffer[start + 1] == '-') {
      return false;
    }
    while (buffer[start] == ' ' || buffer[start] == '\t') {
      start++;
      require(2);
    }
    if (buffer[start] != '\r' || buffer[start + 1] != '\n') {
      throw MultipartBody.malformed("a boundary is not followed by a line break");
    }
    start += 2;
    return true;
  }

  /** The part's header lines. */
  byte[] headers(int most) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    while (true) {
      require(2);
      if (buffer[start] == '\r' && buffer[start + 1] == '\n') {
        start += 2;
        return block.toByteArray();
      }
      do {
        block.write(buffer[start++]);
        if (block.size() > most) {
          throw new ServerException(
                  ErrorCode.LIMIT_EXCEEDED, "a part's headers have more than " + most + " bytes")
              .withStatus(413);
        }
        require(2);
      } while (buffer[start] != '\r' || buffer[start + 1] != '\n');
      block.write('\r');
      block.write('\n');
      start += 2;
    }
  }

  private void require(int bytes) throws IOException {
    while (end - start < bytes) {
      if (!fill()) {
        throw cutOff();
      }
    }
  }

  private static ServerException cutOff() {
    return MultipartBody.malformed("it ends within a part");
  }

  private boolean fill() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    int n = eof ? -1 : in.read(buffer, end, SIZE - end);
    eof = n < 0;
    end += Math.max(n, 0);
    return !eof;
  }

  /** The bytes up to the next boundary, which stays. */
  InputStream content() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
          return 0;
        }
        int safe = safe();
        while (safe == 0) {
          if (atDelimiter()) {
            return -1;
          }
          if (!fill()) {
            throw cutOff();
          }
          safe = safe();
        }
        int taken = Math.min(length, safe);
        System.arraycopy(buffer, start, into, offset, taken);
        start += taken;
        return taken;
      }
    };
  }

  private boolean atDelimiter() {
    return end - start >= delimiter.length && matches(start, delimiter.length);
  }

  /** Bytes from {@code start} that surely belong to no boundary. */
  private int safe() {
    for (int i = start; i < end; i++) {
      if (buffer[i] == '\r' && matches(i, Math.min(delimiter.length, end - i))) {
        return i - start;
      }
    }
    return end - start;
  }

  private boolean matches(int at, int length) {
    return Arrays.equals(buffer, at, at + length, delimiter, 0, length);
  }
}
