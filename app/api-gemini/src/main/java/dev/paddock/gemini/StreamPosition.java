package dev.paddock.gemini;

import dev.paddock.server.spi.ServerException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in an interaction's stream, written into each event as its {@code event_id}. It names
 * what has been told, not when, so that it means the same to every server at any time.
 */
sealed interface StreamPosition {
  /** Nothing was told. */
  record Nothing() implements StreamPosition {}

  /** One of the events that every stream has once. */
  record Mark(Name name) implements StreamPosition {}

  /**
   * Within a step.
   *
   * @param part how many steps the same answer of the model had before it
   * @param step the id of the event that it is, or is to be
   * @param told characters of its text, 1 for a delta told at once; -1 once it has stopped
   */
  record InStep(int index, int part, String step, int told) implements StreamPosition {}

  /** Events that every stream has once, in their order around the steps. */
  enum Name {
    CREATED,
    RUNNING,
    FAILED,
    STATUS,
    COMPLETED
  }

  Pattern STEP = Pattern.compile("(\\d{1,6}):(\\d):([A-Za-z0-9_-]{1,128}):(\\d{1,8}|stop)");

  default String write() {
    return switch (this) {
      case Nothing ignored -> "";
      case Mark mark -> mark.name().name().toLowerCase(Locale.ROOT);
      case InStep in ->
          "%d:%d:%s:%s"
              .formatted(in.index(), in.part(), in.step(), in.told() < 0 ? "stop" : in.told());
    };
  }

  static StreamPosition read(String text) {
    if (text.isEmpty()) {
      return new Nothing();
    }
    for (Name name : Name.values()) {
      if (text.equals(new Mark(name).write())) {
        return new Mark(name);
      }
    }
    Matcher step = STEP.matcher(text);
    if (!step.matches()) {
      throw ServerException.invalid("last_event_id", "is no event_id of this interaction's stream");
    }
    return new InStep(
        Integer.parseInt(step.group(1)),
        Integer.parseInt(step.group(2)),
        step.group(3),
        step.group(4).equals("stop") ? -1 : Integer.parseInt(step.group(4)));
  }
}
