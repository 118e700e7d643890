package dev.paddock.cli;

import org.jline.utils.Signals;

/** Ctrl-C: the first one interrupts the turn, the second one leaves. */
final class Interrupts implements AutoCloseable {
  private static final String SIGNAL = "INT";

  private final Object before;
  private final Runnable interrupt;
  private volatile boolean happened;

  Interrupts(Runnable interrupt) {
    this.interrupt = interrupt;
    this.before = Signals.register(SIGNAL, this::signal);
  }

  boolean happened() {
    return happened;
  }

  private void signal() {
    if (happened) {
      // The log is whole at every instant, so nothing needs to be put in order first.
      Runtime.getRuntime().halt(Exit.INTERRUPTED);
    }
    happened = true;
    Thread.ofPlatform().daemon().name("interrupt").start(interrupt);
  }

  @Override
  public void close() {
    Signals.unregister(SIGNAL, before);
  }
}
