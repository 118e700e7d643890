package dev.paddock.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What all processes of one box carry and none can take off: two resource limits with one sum. A
 * process may lower its limits, never raise them, so that each number leads to pairs of a smaller
 * sum only, and never to another box's pair. Neither limit matters: the kernel no longer counts
 * file locks, and a message queue needs more than is left.
 *
 * @param number of the box, from 1
 */
record ProcessMark(int number) {
  static final long SUM = 65_536;

  private static final Pattern LOCKS = limit("Max file locks");
  private static final Pattern QUEUES = limit("Max msgqueue size");

  private static Pattern limit(String name) {
    return Pattern.compile("^" + name + "\\s+\\S+\\s+(\\S+)", Pattern.MULTILINE);
  }

  long locks() {
    return number;
  }

  long queues() {
    return SUM - number;
  }

  /** Whether the process carries this mark, or one that it has spoilt. False when it is gone. */
  boolean isOn(ProcessHandle process) {
    String limits;
    try {
      limits = Files.readString(Path.of("/proc/" + process.pid() + "/limits"));
    } catch (IOException gone) {
      return false;
    }
    OptionalLong locks = hard(LOCKS, limits);
    OptionalLong queues = hard(QUEUES, limits);
    if (locks.isEmpty() || queues.isEmpty()) { // between two states of a process that is dying
      return false;
    }
    boolean whole = locks.getAsLong() == locks() && queues.getAsLong() == queues();
    boolean spoilt = locks.getAsLong() < SUM && locks.getAsLong() + queues.getAsLong() < SUM;
    return whole || spoilt;
  }

  private static OptionalLong hard(Pattern limit, String limits) {
    Matcher found = limit.matcher(limits);
    if (!found.find()) {
      return OptionalLong.empty();
    }
    String value = found.group(1);
    return OptionalLong.of(value.equals("unlimited") ? Long.MAX_VALUE / 2 : Long.parseLong(value));
  }
}
