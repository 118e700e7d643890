package dev.paddock.agent;

import dev.paddock.core.spi.Blobs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Bytes by content, in memory. */
final class TestingBlobs implements Blobs {
  private final Map<String, byte[]> stored = new ConcurrentHashMap<>();

  @Override
  public String put(InputStream bytes) throws IOException {
    return put(bytes.readAllBytes());
  }

  @Override
  public String put(byte[] bytes) {
    try {
      String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      stored.put(digest, bytes.clone());
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Optional<InputStream> open(String sha256) {
    return read(sha256, Long.MAX_VALUE).map(ByteArrayInputStream::new);
  }

  @Override
  public Optional<byte[]> read(String sha256, long maxBytes) {
    return Optional.ofNullable(stored.get(sha256)).filter(bytes -> bytes.length <= maxBytes);
  }

  @Override
  public boolean contains(String sha256) {
    return stored.containsKey(sha256);
  }
}
