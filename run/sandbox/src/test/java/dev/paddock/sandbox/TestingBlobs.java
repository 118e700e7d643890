package dev.paddock.sandbox;

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
import java.util.concurrent.atomic.AtomicInteger;

/** Blobs in memory. */
final class TestingBlobs implements Blobs {
  private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
  final AtomicInteger puts = new AtomicInteger();

  @Override
  public String put(InputStream bytes) throws IOException {
    return put(bytes.readAllBytes());
  }

  @Override
  public String put(byte[] bytes) {
    puts.incrementAndGet();
    String sha256 = sha256(bytes);
    stored.put(sha256, bytes.clone());
    return sha256;
  }

  @Override
  public Optional<InputStream> open(String sha256) {
    return Optional.ofNullable(stored.get(sha256)).map(ByteArrayInputStream::new);
  }

  @Override
  public Optional<byte[]> read(String sha256, long maxBytes) {
    return Optional.ofNullable(stored.get(sha256)).filter(bytes -> bytes.length <= maxBytes);
  }

  @Override
  public boolean contains(String sha256) {
    return stored.containsKey(sha256);
  }

  void remove(String sha256) {
    stored.remove(sha256);
  }

  /** Bytes that are not those of the address. */
  void replace(String sha256, byte[] bytes) {
    stored.put(sha256, bytes);
  }

  void clear() {
    stored.clear();
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
