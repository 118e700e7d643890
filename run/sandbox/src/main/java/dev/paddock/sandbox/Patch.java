package dev.paddock.sandbox;

import java.util.List;
import java.util.Optional;

/**
 * Changes to files, in the order in which they are made.
 *
 * @param changes at least one
 */
record Patch(List<Change> changes) {
  Patch {
    changes = List.copyOf(changes);
  }

  /** What becomes of one file; {@code line} of the patch, from 1, begins it. */
  sealed interface Change {
    String path();

    int line();
  }

  /** A file with this text, whatever was there. */
  record Add(String path, int line, String text) implements Change {}

  record Delete(String path, int line) implements Change {}

  /**
   * A file whose text changes, and possibly its name.
   *
   * @param hunks at least one; each is found behind the one before
   */
  record Update(String path, int line, Optional<String> moveTo, List<Hunk> hunks)
      implements Change {
    Update {
      hunks = List.copyOf(hunks);
    }
  }

  /**
   * One place of a file.
   *
   * @param anchors lines that stand somewhere before it, from the outermost on
   * @param lines at least one
   * @param atEnd whether its last line is the file's last one
   */
  record Hunk(int line, List<String> anchors, List<Line> lines, boolean atEnd) {
    Hunk {
      anchors = List.copyOf(anchors);
      lines = List.copyOf(lines);
    }

    /** The lines as they must stand in the file. */
    List<String> before() {
      return lines.stream().filter(line -> !(line instanceof Insert)).map(Line::text).toList();
    }
  }

  /** A line of a hunk, without its line end. */
  sealed interface Line {
    String text();
  }

  record Keep(String text) implements Line {}

  record Remove(String text) implements Line {}

  record Insert(String text) implements Line {}
}
