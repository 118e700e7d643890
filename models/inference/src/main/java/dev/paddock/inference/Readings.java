package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All ways to understand the text so far; each can go on to a whole value. */
final class Readings {
  private static final int LINEAR = 12;
  private static final int MAX_PATHS = 4_096;
  private static final int MAX_KEPT = 64;

  private final List<Reading> paths = new ArrayList<>(4);
  private final int written;
  private @Nullable Set<Reading> seen;
  private boolean complete;
  private Reading.@Nullable Copy copies;

  private Readings(int written) {
    this.written = written;
  }

  static Readings start(Value root) {
    Readings paths = new Readings(0);
    root.enter(null, false, null, paths);
    return paths;
  }

  /** What a path comes to when its terminal ends {@code bytes} further on. */
  static Readings after(Reading path, int written) {
    Readings paths = new Readings(written);
    paths.pop(path);
    return paths;
  }

  Readings step(int b) {
    Readings next = new Readings(written + 1);
    for (Reading path : paths) {
      int target = path.terminal().step(path.state(), b);
      if (target != Terminal.DEAD) {
        Reading moved = path.moved(target, b);
        next.add(moved);
        if (path.terminal().accepts(target)) {
          next.pop(moved);
        }
      }
    }
    return next;
  }

  void add(Reading path) {
    Set<Reading> known = seen;
    if (known == null && paths.size() >= LINEAR) {
      known = new HashSet<>(paths);
      seen = known;
    }
    if (known == null ? paths.contains(path) : !known.add(path)) {
      return;
    }
    if (paths.size() >= MAX_PATHS) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "the schema can be read in more than "
              + MAX_PATHS
              + " ways at once: tell its alternatives apart by a const property");
    }
    paths.add(path);
  }

  /** The terminal of the path has ended. */
  private void pop(Reading path) {
    Reading.Copy copied = path.copies();
    if (path.terminal() instanceof CopiedText text) {
      copied = new Reading.Copy(text, path.state(), written, copied);
    }
    leave(path.frame(), path, copied);
  }

  /** What was begun inside of the frame has ended; at the top that is the whole value. */
  void leave(@Nullable Frame frame, Reading path, Reading.@Nullable Copy copied) {
    if (frame == null) {
      complete = true;
      copies = copied;
    } else {
      frame.rule().resume(frame, path, copied, this);
    }
  }

  /** Drops what is beyond the number that is followed; what is left still leads to an end. */
  Readings pruned() {
    if (paths.size() <= MAX_KEPT) {
      return this;
    }
    Readings kept = new Readings(written);
    paths.subList(0, MAX_KEPT).forEach(kept::add);
    kept.complete = complete;
    kept.copies = copies;
    return kept;
  }

  List<Reading> paths() {
    return paths;
  }

  boolean complete() {
    return complete;
  }

  boolean dead() {
    return !complete && paths.isEmpty();
  }

  int written() {
    return written;
  }

  Reading.@Nullable Copy copies() {
    return copies;
  }

  /** The byte that every path goes on with, or -1. */
  int only() {
    if (complete) {
      return -1;
    }
    int only = -1;
    for (Reading path : paths) {
      for (int b = 0; b < 256; b++) {
        if (b != only && path.terminal().step(path.state(), b) != Terminal.DEAD) {
          if (only >= 0) {
            return -1;
          }
          only = b;
        }
      }
    }
    return only;
  }

  /** The path with the shortest way to an end. */
  Reading cheapest() {
    Reading best = paths.getFirst();
    long cost = best.cost();
    for (Reading path : paths.subList(1, paths.size())) {
      long other = path.cost();
      if (other < cost) {
        best = path;
        cost = other;
      }
    }
    return best;
  }
}
