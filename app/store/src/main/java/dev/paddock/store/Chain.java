package dev.paddock.store;

import dev.paddock.core.SessionId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** The hash chain of a session, as {@code docs/log.md} defines it. */
final class Chain {
  private Chain() {}

  /** What stands before the first link; it ties the chain to its session. */
  static Bytes root(SessionId session) {
    return Bytes.of(session.value().getBytes(StandardCharsets.UTF_8)).sha256();
  }

  static Bytes link(Bytes previous, long sequence, Bytes digest) {
    MessageDigest sha256 = Bytes.newSha256();
    sha256.update(previous.array());
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(0, sequence));
    return Bytes.of(sha256.digest(digest.array()));
  }
}
