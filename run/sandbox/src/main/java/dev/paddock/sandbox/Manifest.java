package dev.paddock.sandbox;

import java.util.Map;
import java.util.TreeMap;

/**
 * The regular files of a workspace at one time, by path. It is plain data and outlives its process
 * as JSON.
 */
public record Manifest(Map<String, Entry> files) {
  public static final Manifest EMPTY = new Manifest(Map.of());

  public Manifest {
    files = new TreeMap<>(files);
  }

  /**
   * A file. The box can set a file's modification time but not its change time, so that a file with
   * the same inode, size and both times is the same content.
   *
   * @param modified nanoseconds since 1970, like {@code changed}
   */
  public record Entry(
      String sha256, long size, boolean executable, long inode, long modified, long changed) {
    static Entry of(Stat stat, String sha256) {
      return new Entry(
          sha256,
          stat.size(),
          stat.executable(),
          stat.inode(),
          stat.modifiedNanos(),
          stat.changedNanos());
    }

    /** The same, but never taken for untouched. */
    Entry alwaysTouched() {
      return new Entry(sha256, size, executable, inode, modified, -1);
    }

    boolean untouched(Stat stat) {
      return of(stat, sha256).equals(this);
    }
  }
}
