package dev.paddock.inference;

import org.jspecify.annotations.Nullable;

/**
 * One way to understand the text so far: a place in a terminal, inside of containers.
 *
 * @param captured what the terminal has read, if it has to be remembered
 * @param copies the copied values so far, the last first
 */
record Reading(
    Terminal terminal,
    int state,
    @Nullable Frame frame,
    @Nullable Bytes captured,
    @Nullable Copy copies) {
  /** Bytes, the last first. */
  record Bytes(int last, int length, @Nullable Bytes before) {
    static final Bytes NONE = new Bytes(0, 0, null);

    Bytes plus(int b) {
      return new Bytes(b, length + 1, this);
    }

    byte[] array() {
      byte[] array = new byte[length];
      Bytes at = this;
      for (int i = length - 1; i >= 0 && at != null; i--) {
        array[i] = (byte) at.last;
        at = at.before;
      }
      return array;
    }
  }

  /**
   * A string that was copied.
   *
   * @param end how many bytes of the value were written then
   */
  record Copy(CopiedText text, int state, int end, @Nullable Copy before) {}

  Reading moved(int target, int b) {
    return new Reading(terminal, target, frame, captured == null ? null : captured.plus(b), copies);
  }

  /** What was captured; the bytes of a key or item. */
  byte[] word() {
    return captured == null ? new byte[0] : captured.array();
  }

  long cost() {
    return terminal.distance(state) + Frame.rest(frame, this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Reading p
        && state == p.state
        && terminal.equals(p.terminal)
        && (frame == null ? p.frame == null : frame.equals(p.frame));
  }

  @Override
  public int hashCode() {
    return state * 31 + (frame == null ? 0 : frame.hashCode());
  }
}
