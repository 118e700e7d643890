package dev.paddock.inference;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Arrays and objects: their members come one after the other, each a value of its own. */
abstract sealed class Container implements Rule permits ArrayRule, ObjectRule {
  static final Dfa SEPARATOR = Scalars.spelled(", ");
  private static final int SEPARATOR_LENGTH = 2;

  // shared by all, as masks are found once for each terminal
  private static final Map<String, Dfa> BRACKETS =
      Map.of(
          "[", Scalars.spelled("["),
          "]", Scalars.spelled("]"),
          "{", Scalars.spelled("{"),
          "}", Scalars.spelled("}"));

  private final Dfa opening;
  private final Dfa closing;
  private int depth = Value.NEVER;
  private long cost = Value.NEVER;

  Container(String opening, String closing) {
    this.opening = bracket(opening);
    this.closing = bracket(closing);
  }

  private static Dfa bracket(String text) {
    return Objects.requireNonNull(BRACKETS.get(text));
  }

  @Override
  public int depth() {
    return depth;
  }

  @Override
  public long cost() {
    return cost;
  }

  /** Learns from its values, which may contain it. */
  void settle() {
    depth = Math.min(1 + innerDepth(), Value.NEVER);
    cost = depth == Value.NEVER ? Value.NEVER : Math.min(1 + closingCost(0, 0, 0), Value.NEVER);
  }

  /** The depth of the deepest value that cannot be left out. */
  abstract int innerDepth();

  abstract boolean mayClose(Frame frame);

  /** Whether another member fits. */
  abstract boolean mayGoOn(Frame frame);

  /** Begins another member. */
  abstract void member(Frame frame, Reading.@Nullable Copy copies, Readings out);

  /** The key of a member has ended, its value begins. */
  abstract void value(Frame frame, Reading reading, Reading.@Nullable Copy copies, Readings out);

  /** The value of a member has ended. */
  abstract Frame counted(Frame frame, Reading reading);

  /** Bytes for what must still come and the closing, with a separator before each member. */
  abstract long closingCost(int index, int count, int used);

  /** Bytes after a separator or an opening, when a member is to follow. */
  abstract long memberCost(Frame frame);

  /** Bytes after a key. */
  abstract long valueCost(Frame frame, Reading reading);

  @Override
  public void enter(
      @Nullable Frame frame, boolean capture, Reading.@Nullable Copy copies, Readings out) {
    punctuation(opening, Frame.open(this, frame), copies, out);
  }

  private static void punctuation(
      Dfa words, Frame frame, Reading.@Nullable Copy copies, Readings out) {
    out.add(new Reading(words, words.start(), frame, null, copies));
  }

  void resume(Frame frame, Reading reading, Reading.@Nullable Copy copies, Readings out) {
    switch (frame.phase()) {
      case OPEN -> {
        close(frame, copies, out);
        if (mayGoOn(frame)) {
          member(frame, copies, out);
        }
      }
      case KEY, FREE_KEY -> value(frame, reading, copies, out);
      case VALUE -> {
        Frame after = counted(frame, reading);
        close(after, copies, out);
        if (mayGoOn(after)) {
          punctuation(SEPARATOR, after.at(Frame.Phase.SEPARATOR), copies, out);
        }
      }
      case SEPARATOR -> member(frame, copies, out);
      case CLOSE -> out.leave(frame.parent(), reading, copies);
    }
  }

  private void close(Frame frame, Reading.@Nullable Copy copies, Readings out) {
    if (mayClose(frame)) {
      punctuation(closing, frame.at(Frame.Phase.CLOSE), copies, out);
    }
  }

  /** Bytes of this container once what the frame waits for has ended. */
  long rest(Frame frame, Reading reading) {
    return switch (frame.phase()) {
      case OPEN -> mayClose(frame) ? 1 : memberCost(frame);
      case SEPARATOR -> memberCost(frame);
      case KEY, FREE_KEY -> valueCost(frame, reading);
      case VALUE -> closingCost(frame.index(), frame.count(), frame.used().size());
      case CLOSE -> 0;
    };
  }

  /** The sum of the lowest costs, each with its separator. */
  static long lowest(List<Long> costs, int count) {
    return costs.stream().sorted().limit(count).mapToLong(c -> c + SEPARATOR_LENGTH).sum();
  }

  static long separated(long cost) {
    return cost + SEPARATOR_LENGTH;
  }
}
