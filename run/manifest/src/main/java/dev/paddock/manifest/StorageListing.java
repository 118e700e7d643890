package dev.paddock.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The files that a storage service says it has. Their names are keys, of anybody's making: each
 * must be a path, and all of them together a tree.
 *
 * @param sizes by path
 */
record StorageListing(Map<String, Long> sizes, long bytes) {
  /** How rclone shows dots and control characters that would be more than a name. */
  private static final Pattern SPELLED_OTHERWISE =
      Pattern.compile("^[.\uff0e]{1,2}$|[\u2400-\u2421\u201b]");

  /**
   * @param field of the mount
   * @param json as {@code rclone lsjson} writes it
   */
  static StorageListing read(String field, String json, StorageLimits limits) {
    JsonNode objects;
    try {
      objects = Json.tree(json);
    } catch (CoreException e) {
      throw new ManifestException(
          ErrorCode.CORRUPT, field + ": the list of its files cannot be read", e);
    }
    Map<String, Long> sizes = new TreeMap<>();
    long bytes = 0;
    for (JsonNode object : objects) {
      String key = object.path("Path").asText();
      long size = object.path("Size").asLong(-1);
      if (size < 0) {
        throw refused(field, key, "its size is not known");
      }
      if (sizes.put(path(field, key), size) != null) {
        throw refused(field, key, "it is there twice");
      }
      bytes = Math.addExact(bytes, size);
      if (sizes.size() > limits.maxFiles()) {
        throw tooMany(field, limits);
      }
      if (bytes > limits.maxBytes()) {
        throw new ManifestException(
            ErrorCode.LIMIT_EXCEEDED,
            "%s: its files have more than %,d bytes; narrow it by a prefix, or raise mount_bytes of [workspace] in config.toml"
                .formatted(field, limits.maxBytes()));
      }
    }
    for (String path : sizes.keySet()) {
      for (String above = ManifestPath.parent(path);
          !above.isEmpty();
          above = ManifestPath.parent(above)) {
        if (sizes.containsKey(above)) {
          throw refused(field, above, "it would have to be a file and a folder");
        }
      }
    }
    return new StorageListing(sizes, bytes);
  }

  static ManifestException tooMany(String field, StorageLimits limits) {
    return new ManifestException(
        ErrorCode.LIMIT_EXCEEDED,
        "%s: it has more than %,d files; narrow it by a prefix"
            .formatted(field, limits.maxFiles()));
  }

  /** No other spelling is made of it: what a key does not say plainly is refused. */
  private static String path(String field, String key) {
    String path;
    try {
      path = ManifestPath.normal(field, key);
    } catch (ManifestException e) {
      throw refused(field, key, "it is no path of a file");
    }
    boolean spelledOtherwise =
        Arrays.stream(key.split("/", -1)).anyMatch(name -> SPELLED_OTHERWISE.matcher(name).find());
    if (!path.equals(key) || spelledOtherwise || path.length() > ManifestPath.MAX_PATH) {
      throw refused(field, key, "it is no path of a file");
    }
    return path;
  }

  private static ManifestException refused(String field, String key, String why) {
    return ManifestException.wrong(
        field,
        "the file \"%s\" cannot be copied in: %s; narrow it by a prefix that leaves it out"
            .formatted(Fields.shown(key), why));
  }
}
