package dev.paddock.docker;

import com.github.dockerjava.api.command.InspectExecResponse;
import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.spi.Box;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A command beside the first process of a container, started by the engine. */
final class CommandBox implements Box {
  private static final int SIGKILLED = 128 + 9;
  private static final Duration KILL_GRACE = Duration.ofMillis(50);
  private static final int KILL_TRIES = 100;
  private static final int SIZE_TRIES = 200;
  private static final long SIZE_PAUSE_NANOS = 2_000_000;

  /** Within which most commands are over, so that nobody needs to know their process. */
  private static final long FIRST_MILLIS = 20;

  private static final long LONGEST_MILLIS = 200;

  /** When all that could write is dead the outputs end at once. */
  private static final long OUTPUTS_SECONDS = 10;

  private final Container container;
  private final Engine engine;
  private final ProcessMark mark;
  private final String command;
  private final CommandStream stream;
  private final BytePipe stdout = new BytePipe();
  private final BytePipe stderr = new BytePipe();
  private final CompletableFuture<Boolean> outputs = new CompletableFuture<>();
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final AtomicReference<@Nullable KilledBy> cause = new AtomicReference<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile Optional<ProcessHandle> process = Optional.empty();

  private CommandBox(
      Container container, Engine engine, ProcessMark mark, String command, CommandStream stream) {
    this.container = container;
    this.engine = engine;
    this.mark = mark;
    this.command = command;
    this.stream = stream;
  }

  /**
   * @param terminal the size of its terminal, if it has one
   */
  static CommandBox start(
      Container container,
      Engine engine,
      ProcessMark mark,
      List<String> line,
      boolean input,
      Optional<TerminalSize> terminal) {
    String command = engine.createCommand(container.id(), line, input, terminal.isPresent());
    CommandStream stream = engine.startCommand(command, terminal.isPresent());
    CommandBox box = new CommandBox(container, engine, mark, command, stream);
    Thread.ofVirtual().name("paddock-container-outputs").start(box::copy);
    Thread.ofVirtual().name("paddock-container-command").start(box::watch);
    terminal.ifPresent(box::sized);
    return box;
  }

  /** The command itself waits for it. */
  private void sized(TerminalSize size) {
    boolean done = false;
    for (int tries = 0; !done && alive() && tries < SIZE_TRIES; tries++) {
      done = engine.resize(command, size);
      if (!done) {
        LockSupport.parkNanos(SIZE_PAUSE_NANOS);
      }
    }
  }

  private void copy() {
    try {
      stream.copy(stdout.out(), stderr.out());
    } catch (IOException closed) { // by the end of the box, or of the engine, which is noticed
      return;
    } finally {
      outputs.complete(true);
    }
  }

  /**
   * Waits for the end of the command and kills what it left behind, which may hold the outputs
   * open; then the readers of the outputs come to their end.
   */
  private void watch() {
    try {
      InspectExecResponse last = awaitEnd();
      container.killMarked(mark, process);
      awaitOutputs(OUTPUTS_SECONDS, TimeUnit.SECONDS);
      exit.complete(Optional.ofNullable(last).map(CommandBox::code).orElse(SIGKILLED));
    } catch (RuntimeException e) {
      exit.completeExceptionally(e);
    } finally {
      close(stdout.out());
      close(stderr.out());
      close(stream); // an input that nobody reads
    }
  }

  /** What the engine says of the ended command; null when its container has ended. */
  private @Nullable InspectExecResponse awaitEnd() {
    boolean began = awaitOutputs(FIRST_MILLIS, TimeUnit.MILLISECONDS);
    for (long pause = 1; ; pause = Math.min(2 * pause, LONGEST_MILLIS)) {
      began |= outputs.isDone() || container.leaves(mark);
      Optional<InspectExecResponse> now = engine.command(container.id(), command);
      if (now.isEmpty()) {
        return null;
      }
      began |= engine.tellsExit(now.get());
      if (Boolean.TRUE.equals(now.get().isRunning())) {
        began = true;
        process = Optional.ofNullable(now.get().getPidLong()).flatMap(ProcessHandle::of);
        awaitDeath();
      } else if (began) {
        return now.get();
      }
      awaitOutputs(pause, TimeUnit.MILLISECONDS);
    }
  }

  /** The engine is not asked while this machine shows that the process lives. */
  private void awaitDeath() {
    long pause = 1;
    while (process.filter(ProcessHandle::isAlive).isPresent()
        && !awaitOutputs(pause, TimeUnit.MILLISECONDS)) {
      pause = Math.min(pause + 1 + pause / 4, LONGEST_MILLIS);
    }
  }

  /** Whether both outputs have ended; else waits for so long. */
  private boolean awaitOutputs(long time, TimeUnit unit) {
    try {
      outputs.get(time, unit);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException | InterruptedException e) { // nobody fails it, nor interrupts us
      throw new IllegalStateException(e);
    }
  }

  private static int code(InspectExecResponse ended) {
    return ended.getExitCodeLong() == null ? SIGKILLED : ended.getExitCodeLong().intValue();
  }

  private static void close(AutoCloseable stream) {
    try {
      stream.close();
    } catch (Exception e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot close a command's stream", e);
    }
  }

  @Override
  public InputStream stdout() {
    return stdout.in();
  }

  @Override
  public InputStream stderr() {
    return stderr.in();
  }

  @Override
  public OutputStream stdin() {
    return stream.stdin();
  }

  @Override
  public void resize(TerminalSize size) {
    if (alive()) {
      engine.resize(command, size);
    }
  }

  @Override
  public boolean await(Duration timeout) throws InterruptedException {
    try {
      exit.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException failed) { // which the exit code tells
      return true;
    }
  }

  @Override
  public boolean alive() {
    return !exit.isDone();
  }

  @Override
  public int exitCode() {
    try {
      return exit.join();
    } catch (CompletionException e) {
      throw new SandboxException(
          ErrorCode.UNAVAILABLE, "the container engine lost a command", e.getCause());
    }
  }

  /** The shell before the command has told it in a shell's way. */
  @Override
  public int exitCode(byte[] stderr) {
    return exitCode();
  }

  @Override
  public void kill(KilledBy why) {
    cause.compareAndSet(null, why);
    // who reads the outputs may be who kills, and engines end a command after its outputs
    stdout.hurry();
    stderr.hurry();
    boolean interrupted = Thread.interrupted();
    try {
      for (int attempt = 0; attempt < KILL_TRIES && alive(); attempt++) {
        container.killMarked(mark, process);
        interrupted |= !awaitQuietly();
      }
      if (alive()) {
        engine.kill(container.id());
      }
      while (alive()) {
        interrupted |= !awaitQuietly();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean awaitQuietly() {
    try {
      await(KILL_GRACE);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Override
  public Optional<KilledBy> cause() {
    return Optional.ofNullable(cause.get());
  }

  @Override
  public void end() {
    if (!ended.getAndSet(true)) {
      close(stream);
      close(stdout.in());
      close(stderr.in());
      container.returnMark(mark);
    }
  }
}
