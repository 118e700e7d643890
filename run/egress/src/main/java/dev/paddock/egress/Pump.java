package dev.paddock.egress;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Carries bytes between the sandbox and a host until both have ended. */
final class Pump {
  private static final int BUFFER_BYTES = 128 << 10;

  /** How long one direction may go on when the other has ended. */
  private static final Duration FAREWELL = Duration.ofSeconds(20);

  private final Account account;
  private final Lifetime lifetime;

  Pump(Account account, Lifetime lifetime) {
    this.account = account;
    this.lifetime = lifetime;
  }

  /** One side of a connection. */
  record Side(InputStream in, OutputStream out, Closeable end) {}

  /** Why it ended, if not by both sides' will. */
  Optional<String> run(Side sandbox, Side host) {
    CompletableFuture<Optional<String>> outward = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("egress-outward")
        .start(() -> outward.complete(carry(sandbox.in(), host, account::sent)));
    Optional<String> inward = carry(host.in(), sandbox, account::received);
    Optional<String> out = outward.join();
    return lifetime.ended().or(() -> out).or(() -> inward);
  }

  private interface Counter {
    void add(long bytes) throws IOException;
  }

  private Optional<String> carry(InputStream from, Side to, Counter counter) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        lifetime.touch();
        counter.add(n);
        to.out().write(buffer, 0, n);
        to.out().flush();
      }
      lifetime.within(FAREWELL, "one side had ended and the other did not");
      end(to);
      return Optional.empty();
    } catch (Account.LimitReached e) {
      lifetime.end(String.valueOf(e.getMessage()));
      lifetime.within(Duration.ZERO, "a limit was reached");
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      lifetime.within(FAREWELL, "one side had broken off and the other did not end");
      end(to);
      return Optional.of("broken off: " + e.getMessage());
    }
  }

  private static void end(Side side) {
    try {
      side.end().close();
    } catch (IOException alreadyGone) {
      return;
    }
  }
}
