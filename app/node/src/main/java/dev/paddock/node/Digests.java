package dev.paddock.node;

import dev.paddock.core.Json;
import dev.paddock.core.Sha256;
import java.util.Map;
import java.util.TreeMap;

/** Names for things by what they hold. */
final class Digests {
  private Digests() {}

  /** The SHA-256 of the sorted map, in lower-case hexadecimal. */
  static String of(Map<String, String> map) {
    return Sha256.hex(Json.bytes(new TreeMap<>(map)));
  }
}
