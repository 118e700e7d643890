package dev.paddock.sandbox;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/**
 * One name in a tree of files, as an archive and a manifest hold it.
 *
 * @param path relative, in the form that listings show
 * @param mode the nine permission bits; 0777 for a link, which has none of its own
 * @param modified nanoseconds since 1970; 0 for a hard link, whose file has it
 * @param size bytes of a file, else 0
 * @param target what a link says; for a hard link the path of its file
 * @param sha256 of a file's bytes, once they were read
 */
public record TreeEntry(
    String path,
    Kind kind,
    int mode,
    long modified,
    long size,
    Optional<String> target,
    Optional<String> sha256) {
  static final int MODES = 0777;

  /** What it is. */
  public enum Kind {
    @JsonProperty("file")
    FILE,
    @JsonProperty("folder")
    FOLDER,
    @JsonProperty("link")
    LINK,
    @JsonProperty("hard_link")
    HARD_LINK
  }

  static TreeEntry file(String path, int mode, long modified, long size) {
    return new TreeEntry(
        path, Kind.FILE, mode & MODES, modified, size, Optional.empty(), Optional.empty());
  }

  static TreeEntry folder(String path, int mode, long modified) {
    return new TreeEntry(
        path, Kind.FOLDER, mode & MODES, modified, 0, Optional.empty(), Optional.empty());
  }

  static TreeEntry link(String path, long modified, String target) {
    return new TreeEntry(
        path, Kind.LINK, MODES, modified, 0, Optional.of(target), Optional.empty());
  }

  static TreeEntry hardLink(String path, String file) {
    return new TreeEntry(path, Kind.HARD_LINK, MODES, 0, 0, Optional.of(file), Optional.empty());
  }

  TreeEntry withSha256(String digest) {
    return new TreeEntry(path, kind, mode, modified, size, target, Optional.of(digest));
  }

  /** Without what only reading the content tells. */
  TreeEntry header() {
    return new TreeEntry(path, kind, mode, modified, size, target, Optional.empty());
  }

  /** The folder that it lies in; empty at the top. */
  static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  static byte[] name(String path) {
    return PathText.decode(path.substring(path.lastIndexOf('/') + 1));
  }
}
