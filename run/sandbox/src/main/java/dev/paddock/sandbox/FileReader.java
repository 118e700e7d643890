package dev.paddock.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The bytes of an open regular file, as many as it had when it was opened: it may be growing. */
final class FileReader extends InputStream {
  private static final int CHUNK = 64 << 10;

  private final Fd file;
  private final Stat stat;
  private long left;

  FileReader(Fd file, Stat stat) {
    this.file = file;
    this.stat = stat;
    left = stat.size();
  }

  /** As it was when the file was opened. */
  Stat stat() {
    return stat;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    int wanted = (int) Math.min(Math.min(length, CHUNK), left);
    int count = wanted == 0 ? 0 : Posix.read(file.number(), buffer, offset, wanted);
    left -= count;
    return count == 0 ? -1 : count;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
