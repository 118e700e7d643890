package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Box;
import dev.paddock.sandbox.spi.Hits;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.ProcessOutput;
import dev.paddock.sandbox.spi.ProcessRequest;
import dev.paddock.sandbox.spi.RunningProcess;
import dev.paddock.sandbox.spi.TerminalSize;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A started process and the box that it is alone in. */
final class BoxedProcess implements RunningProcess {
  /** Runs the program where it is to run, with both outputs in the order in which it writes. */
  private static final List<String> RUN =
      List.of(
          "/bin/sh", "-c", "exec 2>&1\ncd -- \"$1\" || exit 126\nshift\nexec \"$@\"", "paddock");

  /** What a place says when it could not run anything. */
  private static final int REASON_BYTES = 16 << 10;

  private static final int KILLED = 128 + 9;

  private final int id;
  private final BoxedSandbox sandbox;
  private final Box box;
  private final boolean hasTerminal;
  private final Optional<InputQueue> typed;
  private final Unread unread;
  private final Hits before;
  private @Nullable End end;

  /** How it ended. */
  private record End(int exitCode, Optional<SandboxException> failure) {}

  private BoxedProcess(int id, BoxedSandbox sandbox, Box box, ProcessRequest request) {
    this.id = id;
    this.sandbox = sandbox;
    this.box = box;
    hasTerminal = request.terminal().isPresent();
    typed = hasTerminal ? Optional.of(new InputQueue(box.stdin())) : Optional.empty();
    unread = new Unread(request.maxUnreadBytes());
    before = sandbox.hits();
  }

  static BoxedProcess start(int id, BoxedSandbox sandbox, ProcessRequest request) {
    List<String> command = command(request);
    Box box =
        request
            .terminal()
            .map(size -> sandbox.openTerminal(command, size))
            .orElseGet(() -> sandbox.openShared(command, false));
    BoxedProcess process = new BoxedProcess(id, sandbox, box, request);
    Pump.start(process::drain);
    return process;
  }

  private static List<String> command(ProcessRequest request) {
    List<String> command = new ArrayList<>(RUN);
    command.add(request.directory());
    if (!request.environment().isEmpty()) {
      command.add("env");
      request.environment().forEach((name, value) -> command.add(name + "=" + value));
    }
    command.addAll(request.command());
    return command;
  }

  private void drain() {
    Capture reason = new Capture(REASON_BYTES);
    Future<?> reasons = Pump.capture(box, box.stderr(), reason);
    InputStream output = box.stdout();
    byte[] buffer = new byte[Pump.BUFFER_BYTES];
    int count;
    while ((count = Pump.read(output, buffer)) >= 0) {
      if (unread.add(buffer, count) > Pump.FLOOD_BYTES) {
        box.kill(KilledBy.OUTPUT);
      }
    }
    End how = new End(KILLED, Optional.empty());
    try {
      awaitBox(reasons);
      how =
          new End(
              box.cause().isPresent() ? box.exitCode() : box.exitCode(reason.bytes()),
              Optional.empty());
    } catch (SandboxException e) {
      how = new End(KILLED, Optional.of(e));
    } finally {
      sandbox.end(box);
      end(how);
    }
  }

  private void awaitBox(Future<?> reasons) {
    try {
      while (!box.await(Duration.ofMinutes(1))) {
        Thread.onSpinWait(); // its output has ended, so it is about to
      }
      reasons.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException(ErrorCode.CANCELLED, "interrupted while a process ended", e);
    } catch (ExecutionException e) {
      throw new SandboxException(ErrorCode.INTERNAL, "reading a process failed", e.getCause());
    }
  }

  private synchronized void end(End how) {
    end = how;
    notifyAll();
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public boolean hasTerminal() {
    return hasTerminal;
  }

  synchronized boolean ended() {
    return end != null;
  }

  @Override
  public ProcessOutput read(Duration wait) throws InterruptedException {
    Optional<End> over;
    try (SpaceWatch.Command watched = sandbox.watched()) {
      over = await(System.nanoTime() + wait.toNanos());
      watched.check();
    }
    Unread.Taken taken = unread.take(over.isPresent());
    if (over.isEmpty()) {
      return new ProcessOutput(taken.bytes(), taken.missing(), Optional.empty(), Optional.empty());
    }
    sandbox.forget(this);
    if (over.get().failure().isPresent()) {
      throw over.get().failure().get();
    }
    int exitCode = over.get().exitCode();
    Hits after = exitCode == KILLED ? sandbox.hits() : before;
    Verdict verdict = Verdict.of(exitCode, box.cause(), before, after);
    return new ProcessOutput(
        verdict.explain(taken.bytes(), sandbox.limits(), sandbox.limits().wallTime()),
        taken.missing(),
        Optional.of(exitCode),
        verdict.killedBy());
  }

  private synchronized Optional<End> await(long deadline) throws InterruptedException {
    for (long left = deadline - System.nanoTime();
        end == null && left > 0;
        left = deadline - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return Optional.ofNullable(end);
  }

  @Override
  public void write(byte[] bytes) {
    if (ended()) {
      throw new SandboxException(ErrorCode.CONFLICT, "process %d has ended".formatted(id));
    }
    typed
        .orElseThrow(
            () ->
                new SandboxException(
                    ErrorCode.CONFLICT, "process %d has no terminal to type into".formatted(id)))
        .add(bytes.clone());
  }

  @Override
  public void resize(TerminalSize size) {
    if (!ended()) {
      box.resize(size);
    }
  }

  @Override
  public void kill() {
    box.kill(KilledBy.INTERRUPT);
  }
}
