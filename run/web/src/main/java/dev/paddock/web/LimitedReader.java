package dev.paddock.web;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.time.Duration;

/** Ends early when whoever reads it has taken too long, or is to stop. */
final class LimitedReader extends FilterReader {
  private static final int MOST = 8 << 10;

  private final long until;

  LimitedReader(Reader in, Duration time) {
    super(in);
    this.until = System.nanoTime() + time.toNanos();
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    if (System.nanoTime() - until > 0 || Thread.currentThread().isInterrupted()) {
      return -1;
    }
    return super.read(target, offset, Math.min(length, MOST));
  }
}
