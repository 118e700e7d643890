package dev.paddock.egress;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Bytes of one direction of a connection, from which heads can be read line by line. */
final class HttpInput extends InputStream {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int MOST_FIELDS = 200;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int end;

  HttpInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    if (position == end && !fill()) {
      return -1;
    }
    return buffer[position++] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (position == end) {
      if (length >= BUFFER_BYTES) {
        return in.read(target, offset, length);
      }
      if (!fill()) {
        return -1;
      }
    }
    int count = Math.min(length, end - position);
    System.arraycopy(buffer, position, target, offset, count);
    position += count;
    return count;
  }

  private boolean fill() throws IOException {
    int count = in.read(buffer, 0, BUFFER_BYTES);
    position = 0;
    end = Math.max(count, 0);
    return count > 0;
  }

  /** Waits for a byte; false if the other side sends no more. */
  boolean more() throws IOException {
    return position < end || fill();
  }

  /** Whether bytes have arrived that nobody has read. */
  boolean buffered() {
    return position < end;
  }

  /** The first line and the fields of a head, or nothing if the other side sends no more. */
  Optional<Head> head(int maxBytes) throws IOException {
    if (!more()) {
      return Optional.empty();
    }
    Budget budget = new Budget(maxBytes);
    String start = line(budget);
    return Optional.of(new Head(start, fields(budget)));
  }

  /** The fields up to the empty line: those of a head, or a chunked body's trailer. */
  Headers fields(Budget budget) throws IOException {
    List<Headers.Field> fields = new ArrayList<>();
    for (String line = line(budget); !line.isEmpty(); line = line(budget)) {
      if (fields.size() == MOST_FIELDS) {
        throw new BadMessage("more than " + MOST_FIELDS + " header fields");
      }
      fields.add(Headers.parse(line));
    }
    return new Headers(fields);
  }

  /** A line that ends with CR LF and has no other control character but tabs. */
  String line(Budget budget) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int b = read();
      if (b < 0) {
        throw new EOFException("the message ends within its head");
      }
      budget.spend();
      if (b == '\r') {
        if (read() != '\n') {
          throw new BadMessage("a carriage return without a line feed");
        }
        budget.spend();
        return line.toString();
      }
      if ((b < ' ' && b != '\t') || b == 127) {
        throw new BadMessage("a control character in the head: " + b);
      }
      line.append((char) b);
    }
  }

  /** The first line and the fields of a message. */
  record Head(String start, Headers headers) {}

  /** How many bytes a head may still have. */
  static final class Budget {
    private final int bytes;
    private int left;

    Budget(int bytes) {
      this.bytes = bytes;
      this.left = bytes;
    }

    private void spend() throws BadMessage {
      if (--left < 0) {
        throw new BadMessage("a head longer than " + bytes + " bytes");
      }
    }
  }

  static byte[] bytes(CharSequence head) {
    return head.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
