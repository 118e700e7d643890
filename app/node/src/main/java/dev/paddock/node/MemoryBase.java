package dev.paddock.node;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * A folder and a store as they were when they last agreed.
 *
 * @param storeVersion the store's; while it stays the store's memories do
 */
record MemoryBase(@JsonProperty("store_version") long storeVersion, Map<String, Memory> memories) {
  static final MemoryBase NONE = new MemoryBase(0, Map.of());

  /** A memory by its id and its text's digest. */
  record Memory(String id, String sha256) {}
}
