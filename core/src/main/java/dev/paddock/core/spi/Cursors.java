package dev.paddock.core.spi;

/** Named durable places in the store-wide order of events. */
public interface Cursors {
  /** 0 for a cursor that was never moved. */
  long position(String name);

  /** Moves forward only; a smaller position leaves it where it is. */
  void advance(String name, long position);
}
