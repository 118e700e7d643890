package dev.paddock.node;

import dev.paddock.core.Json;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Names for things by what they hold. */
final class Digests {
  private Digests() {}

  /** The SHA-256 of the sorted map, in lower-case hexadecimal. */
  static String of(Map<String, String> map) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Json.bytes(new TreeMap<>(map)));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
