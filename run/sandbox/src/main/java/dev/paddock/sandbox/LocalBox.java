package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Box;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A running bubblewrap and all that runs in it. */
final class LocalBox implements Box {
  private static final String NOT_FOUND = "bwrap: execvp ";
  private static final Pattern CHILD = Pattern.compile("\"child-pid\": (\\d+)");
  private static final Duration GRACE = Duration.ofMillis(20);
  private static final int ATTEMPTS = 25;
  private static final int EMPTY_ATTEMPTS = 5000;
  private static final int EMPTY_PAUSE_NANOS = 200_000;

  private final Process process;
  private final Optional<Terminal> terminal;
  private final Path status;
  private final Path outerStatus;
  private final boolean hostView;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicReference<@Nullable KilledBy> cause = new AtomicReference<>();

  private LocalBox(
      Process process,
      Optional<Terminal> terminal,
      Path status,
      Path outerStatus,
      boolean hostView) {
    this.process = process;
    this.terminal = terminal;
    this.status = status;
    this.outerStatus = outerStatus;
    this.hostView = hostView;
  }

  static LocalBox start(BoxLauncher launcher, BoxStart box, Path status) {
    // a prefix may start bubblewrap in other namespaces, whose process ids mean nothing here
    boolean hostView = launcher.options().prefix().isEmpty();
    Path outer = launcher.bridge(box).isPresent() ? launcher.bridgeStatus(status) : status;
    Process process = launcher.start(box, status);
    return new LocalBox(process, box.terminal(), status, outer, hostView);
  }

  @Override
  public InputStream stdout() {
    return terminal.map(Terminal::output).orElseGet(process::getInputStream);
  }

  @Override
  public InputStream stderr() {
    return process.getErrorStream();
  }

  @Override
  public OutputStream stdin() {
    return terminal.map(Terminal::input).orElseGet(process::getOutputStream);
  }

  @Override
  public void resize(TerminalSize size) {
    terminal.ifPresent(each -> each.resize(size));
  }

  @Override
  public boolean await(Duration timeout) throws InterruptedException {
    return process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public int exitCode() {
    return process.exitValue();
  }

  @Override
  public boolean alive() {
    return process.isAlive();
  }

  @Override
  public Optional<KilledBy> cause() {
    return Optional.ofNullable(cause.get());
  }

  /**
   * Kills everything in the box and waits for the end. The processes inside go first: bubblewrap
   * then reaps them, instead of leaving them to whoever adopts orphans.
   */
  @Override
  public void kill(KilledBy why) {
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
  private void awaitEmpty() {
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

  @Override
  public int exitCode(byte[] stderr) {
    if (exitCode() == 0 || ran()) {
      return exitCode();
    }
    String reason = new String(stderr, StandardCharsets.UTF_8).strip();
    if (reason.startsWith(NOT_FOUND)) {
      return reason.endsWith("No such file or directory") ? 127 : 126; // as a shell says it
    }
    throw BoxedSandbox.notStarted(reason);
  }

  /** Whether the command began to run: bubblewrap tells its exit code only then. */
  private boolean ran() {
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

  @Override
  public void end() {
    if (!ended.getAndSet(true)) {
      awaitEmpty();
      terminal.ifPresent(Terminal::close);
    }
    try {
      Files.deleteIfExists(status);
      Files.deleteIfExists(outerStatus);
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot remove " + status, e);
    }
  }
}
