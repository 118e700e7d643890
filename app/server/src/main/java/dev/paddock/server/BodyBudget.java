package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.server.spi.ServerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory for bodies that are read whole, shared by all requests, so that many cannot exhaust it.
 */
final class BodyBudget {
  private static final int STEP = 16 << 10;

  private final long most;
  private final AtomicLong used = new AtomicLong();

  BodyBudget(long most) {
    this.most = most;
  }

  static BodyBudget ofHeap() {
    return new BodyBudget(Runtime.getRuntime().maxMemory() / 8);
  }

  /** Reads to the end; the bytes count against the budget while they are read. */
  byte[] readAll(InputStream body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    byte[] buffer = new byte[STEP];
    long taken = 0;
    try {
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        taken += n;
        if (used.addAndGet(n) > most) {
          throw new ServerException(
              ErrorCode.OVERLOADED, "too many large requests at once; try again");
        }
        bytes.write(buffer, 0, n);
      }
    } finally {
      used.addAndGet(-taken);
    }
    return bytes.toByteArray();
  }
}
