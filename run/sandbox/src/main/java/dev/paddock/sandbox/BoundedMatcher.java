package dev.paddock.sandbox;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Matches a regular expression that a model wrote against text that anyone wrote. Backtracking can
 * take longer than the universe lasts, so that every look at a character counts against a time.
 */
final class BoundedMatcher {
  private static final int LOOKS_A_CHECK = 4096;

  private final Text text = new Text();
  private final Matcher matcher;
  private final Duration budget;
  private final long deadline;
  private int looks;

  BoundedMatcher(Pattern pattern, Duration budget) {
    this.budget = budget;
    deadline = System.nanoTime() + budget.toNanos();
    matcher = pattern.matcher(text);
  }

  /** The time was up or the stack full. */
  static final class TooSlow extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooSlow(String message) {
      super(message);
    }
  }

  private static final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Where the first match in the line starts; -1 without one. */
  int find(String line, String path, long number) throws InterruptedException {
    text.line = line;
    try {
      check();
      return matcher.reset().find() ? matcher.start() : -1;
    } catch (StackOverflowError e) {
      throw new TooSlow(
          "the pattern is too deep for line %d of %s; write [ab]* instead of (a|b)*"
              .formatted(number, path));
    } catch (TooSlow e) {
      throw new TooSlow(
          "%s in line %d of %s; use a simpler pattern, or glob and path to search less"
              .formatted(e.getMessage(), number, path));
    } catch (Interrupted e) {
      throw (InterruptedException) new InterruptedException().initCause(e);
    }
  }

  private void check() {
    if (Thread.interrupted()) {
      throw new Interrupted();
    }
    if (System.nanoTime() > deadline) {
      throw new TooSlow("the search took longer than %d s".formatted(budget.toSeconds()));
    }
  }

  private final class Text implements CharSequence {
    private String line = "";

    @Override
    public char charAt(int index) {
      if (++looks % LOOKS_A_CHECK == 0) {
        check();
      }
      return line.charAt(index);
    }

    @Override
    public int length() {
      return line.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return line.subSequence(start, end);
    }

    @Override
    public String toString() {
      return line;
    }
  }
}
