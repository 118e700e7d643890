package dev.paddock.egress;

import java.io.IOException;
import java.io.OutputStream;

/** Writes each piece as a chunk; closing writes the last one and leaves the connection open. */
final class ChunkedOutput extends OutputStream {
  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] LAST = HttpInput.bytes("0\r\n\r\n");

  private final OutputStream out;

  ChunkedOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return; // an empty chunk would be the last
    }
    byte[] start = HttpInput.bytes(Integer.toHexString(length) + "\r\n");
    byte[] chunk = new byte[start.length + length + 2];
    System.arraycopy(start, 0, chunk, 0, start.length);
    System.arraycopy(bytes, offset, chunk, start.length, length);
    System.arraycopy(LINE_END, 0, chunk, start.length + length, 2);
    out.write(chunk);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.write(LAST);
    out.flush();
  }
}
