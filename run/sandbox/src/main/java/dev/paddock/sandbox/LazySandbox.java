package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Sandbox;
import java.util.Optional;
import java.util.function.Supplier;

/** A sandbox that is started by its first use and not before. */
public final class LazySandbox implements AutoCloseable {
  private final Supplier<Sandbox> start;
  private Optional<Sandbox> started = Optional.empty();
  private boolean closed;

  public LazySandbox(Supplier<Sandbox> start) {
    this.start = start;
  }

  /** The one sandbox; throws what starting it throws, and tries again on the next call. */
  public synchronized Sandbox get() {
    if (closed) {
      throw new SandboxException(ErrorCode.CANCELLED, "the session's sandbox has ended");
    }
    if (started.isEmpty()) {
      started = Optional.of(start.get());
    }
    return started.get();
  }

  /** The sandbox if there is one already. */
  public synchronized Optional<Sandbox> running() {
    return started;
  }

  @Override
  public void close() {
    Optional<Sandbox> last;
    synchronized (this) {
      closed = true;
      last = started;
      started = Optional.empty();
    }
    last.ifPresent(Sandbox::close);
  }
}
