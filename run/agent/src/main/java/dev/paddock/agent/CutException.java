package dev.paddock.agent;

/** Running work was ended early. */
final class CutException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Cut why;

  CutException(Cut why) {
    super(why.name());
    this.why = why;
  }

  Cut why() {
    return why;
  }
}
