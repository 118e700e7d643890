package dev.paddock.cli;

import dev.paddock.provider.PullProgress;
import java.time.Duration;
import java.time.Instant;

/** A bar with the time that is left, on a terminal; elsewhere a line a step. */
final class PullView implements PullProgress, AutoCloseable {
  private static final int BAR = 24;

  private final Screen screen;
  private final boolean quiet;
  private String step = "";
  private Instant since = Instant.now();

  PullView(Screen screen, boolean quiet) {
    this.screen = screen;
    this.quiet = quiet;
  }

  @Override
  public synchronized void step(String what, long done, long total) {
    if (!what.equals(step)) {
      step = what;
      since = Instant.now();
      if (!screen.terminal() && !quiet) {
        screen.line("paddock: " + Screen.printable(what));
      }
    }
    if (total > 0) {
      int filled = (int) Math.min(BAR, done * BAR / total);
      screen.status(
          "%s [%s%s] %s of %s%s"
              .formatted(
                  Screen.printable(what),
                  "█".repeat(filled),
                  "·".repeat(BAR - filled),
                  Amounts.size(done),
                  Amounts.size(total),
                  left(done, total)));
    } else {
      screen.status(Screen.printable(what) + " " + Amounts.size(done));
    }
  }

  private String left(long done, long total) {
    Duration elapsed = Duration.between(since, Instant.now());
    if (done == 0 || done >= total || elapsed.toMillis() < 1_000) {
      return "";
    }
    long millis = (long) (elapsed.toMillis() * ((double) (total - done) / done));
    return ", about " + Amounts.time(Duration.ofMillis(millis)) + " left";
  }

  @Override
  public synchronized void close() {
    screen.status("");
  }
}
