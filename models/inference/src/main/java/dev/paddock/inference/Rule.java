package dev.paddock.inference;

import org.jspecify.annotations.Nullable;

/** One way to write a value. */
sealed interface Rule permits Rule.Scalar, Container {
  /** Containers nested at least this deep; 0 for scalars. */
  int depth();

  /** Bytes of the shortest such value. */
  long cost();

  void enter(@Nullable Frame frame, boolean capture, Reading.@Nullable Copy copies, Readings out);

  record Scalar(Terminal terminal) implements Rule {
    @Override
    public int depth() {
      return 0;
    }

    @Override
    public long cost() {
      return terminal.distance(terminal.start());
    }

    @Override
    public void enter(
        @Nullable Frame frame, boolean capture, Reading.@Nullable Copy copies, Readings out) {
      out.add(
          new Reading(
              terminal, terminal.start(), frame, capture ? Reading.Bytes.NONE : null, copies));
    }
  }
}
