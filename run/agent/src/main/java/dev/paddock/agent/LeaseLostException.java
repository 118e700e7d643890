package dev.paddock.agent;

/** Another process runs the session now; nothing more may be appended here. */
final class LeaseLostException extends Exception {
  private static final long serialVersionUID = 1L;

  LeaseLostException() {
    super("the lease of the session was lost");
  }
}
