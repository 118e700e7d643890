package dev.paddock.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A blob's bytes; its end is an error when they are not those of its address. */
final class VerifiedStream extends FilterInputStream {
  private final String sha256;
  private final Path file;
  private final MessageDigest digest = Bytes.newSha256();
  private boolean verified;

  VerifiedStream(InputStream in, String sha256, Path file) {
    super(in);
    this.sha256 = sha256;
    this.file = file;
  }

  /** The bytes belong to another address. */
  static final class Mismatch extends IOException {
    private static final long serialVersionUID = 1L;

    Mismatch(String message) {
      super(message);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = super.read(bytes, offset, length);
    if (count < 0) {
      verify();
    } else {
      digest.update(bytes, offset, count);
    }
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    return readNBytes((int) Math.min(count, 8192)).length;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void verify() throws IOException {
    if (!verified) {
      verified = true;
      if (!HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
        throw new Mismatch(
            "%s is damaged: its bytes do not match its name; put the same content again or restore a backup"
                .formatted(file));
      }
    }
  }
}
