package dev.paddock.core.spi;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Bytes by content: the address is the lower-case hexadecimal SHA-256 of the bytes. */
public interface Blobs {
  String put(InputStream bytes) throws IOException;

  String put(byte[] bytes);

  Optional<InputStream> open(String sha256) throws IOException;

  Optional<byte[]> read(String sha256, long maxBytes);

  boolean contains(String sha256);
}
