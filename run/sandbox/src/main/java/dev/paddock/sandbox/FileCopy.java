package dev.paddock.sandbox;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A file that was copied, and the SHA-256 of its bytes. */
record FileCopy(Stat stat, String sha256) {
  private static final int CHUNK = 64 << 10;

  /** Copies content, modification time and the right to execute to a path beneath a folder. */
  static FileCopy of(FileReader from, RootFolder folder, String path) throws IOException {
    MessageDigest digest = digest();
    Stat stat =
        folder.replace(
            path,
            from.stat().executable(),
            false,
            to -> {
              byte[] buffer = new byte[CHUNK];
              for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                digest.update(buffer, 0, n);
                to.write(buffer, n);
              }
              to.setModified(from.stat().modifiedNanos());
            });
    return new FileCopy(stat, HexFormat.of().formatHex(digest.digest()));
  }

  static String sha256(FileReader file) throws IOException {
    MessageDigest digest = digest();
    byte[] buffer = new byte[CHUNK];
    for (int n = file.read(buffer); n >= 0; n = file.read(buffer)) {
      digest.update(buffer, 0, n);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
