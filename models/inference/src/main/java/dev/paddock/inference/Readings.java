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
  private static final int MAX_READINGS = 4_096;
  private static final int MAX_KEPT = 64;

  private final List<Reading> readings = new ArrayList<>(4);
  private final int written;
  private @Nullable Set<Reading> seen;
  private boolean complete;
  private Reading.@Nullable Copy copies;

  private Readings(int written) {
    this.written = written;
  }

  static Readings start(Value root) {
    Readings readings = new Readings(0);
    root.enter(null, false, null, readings);
    return readings;
  }

  /** What a reading comes to when its terminal ends {@code bytes} further on. */
  static Readings after(Reading reading, int written) {
    Readings readings = new Readings(written);
    readings.pop(reading);
    return readings;
  }

  Readings step(int b) {
    Readings next = new Readings(written + 1);
    for (Reading reading : readings) {
      int target = reading.terminal().step(reading.state(), b);
      if (target != Terminal.DEAD) {
        Reading moved = reading.moved(target, b);
        if (reading.terminal().goesOn(target)) {
          next.add(moved);
        }
        if (reading.terminal().accepts(target)) {
          next.pop(moved);
        }
      }
    }
    return next;
  }

  void add(Reading reading) {
    Set<Reading> known = seen;
    if (known == null && readings.size() >= LINEAR) {
      known = new HashSet<>(readings);
      seen = known;
    }
    if (known == null ? readings.contains(reading) : !known.add(reading)) {
      return;
    }
    if (readings.size() >= MAX_READINGS) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "the schema can be read in more than "
              + MAX_READINGS
              + " ways at once: tell its alternatives apart by a const property");
    }
    readings.add(reading);
  }

  /** The terminal of the reading has ended. */
  private void pop(Reading reading) {
    Reading.Copy copied = reading.copies();
    if (reading.terminal() instanceof CopiedText text) {
      copied = new Reading.Copy(text, reading.state(), written, copied);
    }
    leave(reading.frame(), reading, copied);
  }

  /** What was begun inside of the frame has ended; at the top that is the whole value. */
  void leave(@Nullable Frame frame, Reading reading, Reading.@Nullable Copy copied) {
    if (frame == null) {
      complete = true;
      copies = copied;
    } else {
      frame.rule().resume(frame, reading, copied, this);
    }
  }

  /** Drops what is beyond the number that is followed; what is left still leads to an end. */
  Readings pruned() {
    if (readings.size() <= MAX_KEPT) {
      return this;
    }
    Readings kept = new Readings(written);
    readings.subList(0, MAX_KEPT).forEach(kept::add);
    kept.complete = complete;
    kept.copies = copies;
    return kept;
  }

  List<Reading> readings() {
    return readings;
  }

  boolean complete() {
    return complete;
  }

  boolean dead() {
    return !complete && readings.isEmpty();
  }

  int written() {
    return written;
  }

  Reading.@Nullable Copy copies() {
    return copies;
  }

  /** The byte that every reading goes on with, or -1. */
  int only() {
    if (complete) {
      return -1;
    }
    int only = -1;
    for (Reading reading : readings) {
      for (int b = 0; b < 256; b++) {
        if (b != only && reading.terminal().step(reading.state(), b) != Terminal.DEAD) {
          if (only >= 0) {
            return -1;
          }
          only = b;
        }
      }
    }
    return only;
  }

  /** The reading with the shortest way to an end. */
  Reading cheapest() {
    Reading best = readings.getFirst();
    long cost = Long.MAX_VALUE;
    for (Reading reading : readings) {
      // where a terminal may end, what follows it is a reading of its own
      if (!reading.terminal().accepts(reading.state())) {
        long other = reading.cost();
        if (other < cost) {
          best = reading;
          cost = other;
        }
      }
    }
    return best;
  }
}
