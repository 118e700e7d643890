package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.KilledBy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A running bubblewrap and all that runs in it. */
final class Box {
  private static final Pattern CHILD = Pattern.compile("\"child-pid\": (\\d+)");
  private static final Duration GRACE = Duration.ofMillis(20);
  private static final int ATTEMPTS = 25;
  private static final int EMPTY_ATTEMPTS = 5000;
  private static final int EMPTY_PAUSE_NANOS = 200_000;

  private final Process process;
  private final Path status;
  private final Path outerStatus;
  private final boolean hostView;
  private final AtomicReference<@Nullable KilledBy> cause = new AtomicReference<>();

  private Box(Process process, Path status, Path outerStatus, boolean hostView) {
    this.process = process;
    this.status = status;
    this.outerStatus = outerStatus;
    this.hostView = hostView;
  }

  static Box start(BoxLauncher launcher, BoxStart box, Path status) {
    // a prefix may start bubblewrap in other namespaces, whose process ids mean nothing here
    boolean hostView = launcher.options().prefix().isEmpty();
    Path outer = launcher.bridge(box).isPresent() ? launcher.bridgeStatus(status) : status;
    return new Box(launcher.start(box, status), status, outer, hostView);
  }

  InputStream stdout() {
    return process.getInputStream();
  }

  InputStream stderr() {
    return process.getErrorStream();
  }

  OutputStream stdin() {
    return process.getOutputStream();
  }

  boolean await(Duration timeout) throws InterruptedException {
    return process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Waits as long as it takes; for threads that nobody interrupts. */
  void awaitEnd() {
    while (process.isAlive()) {
      awaitQuietly(Duration.ofMinutes(1));
    }
  }

  /** The command's code, or 128 + signal; only after the end. */
  int exitCode() {
    return process.exitValue();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Why it was killed; the first cause counts. */
  Optional<KilledBy> cause() {
    return Optional.ofNullable(cause.get());
  }

  /**
   * Kills everything in the box and waits for the end. The processes inside go first: bubblewrap
   * then reaps them, instead of leaving them to whoever adopts orphans.
   */
  void kill(KilledBy why) {
    cause.compareAndSet(null, why);
    boolean interrupted = Thread.interrupted();
    try {
      for (int attempt = 0; attempt < ATTEMPTS && process.isAlive(); attempt++) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        interrupted |= !awaitQuietly(GRACE);
      }
      process.destroyForcibly();
      while (process.isAlive()) {
        interrupted |= !awaitQuietly(Duration.ofSeconds(1));
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean awaitQuietly(Duration time) {
    try {
      await(time);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /**
   * Waits until nothing of the box runs any more. What a command left behind is killed when
   * bubblewrap ends, which is a moment before all of it is dead.
   */
  void awaitEmpty() {
    Optional<String> first = firstProcess();
    if (first.isEmpty() || !hostView) {
      return;
    }
    Path stat = Path.of("/proc", first.get(), "stat");
    for (int attempt = 0; attempt < EMPTY_ATTEMPTS && runs(stat); attempt++) {
      LockSupport.parkNanos(EMPTY_PAUSE_NANOS);
    }
  }

  /** The id of the process that all others of the box end with, once there is one. */
  Optional<String> firstProcess() {
    Matcher child = CHILD.matcher(read(outerStatus));
    return child.find() ? Optional.of(child.group(1)) : Optional.empty();
  }

  /** Whether a process is there and not a zombie. */
  private static boolean runs(Path stat) {
    try {
      String line = Files.readString(stat);
      return line.charAt(line.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException gone) {
      return false;
    }
  }

  /** Whether the command began to run: bubblewrap tells its exit code only then. */
  boolean ran() {
    return read(status).contains("\"exit-code\"");
  }

  private static String read(Path status) {
    try {
      return Files.readString(status);
    } catch (NoSuchFileException closed) { // with the sandbox, by another thread
      return "";
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot read " + status, e);
    }
  }

  void forget() {
    try {
      Files.deleteIfExists(status);
      Files.deleteIfExists(outerStatus);
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot remove " + status, e);
    }
  }
}
