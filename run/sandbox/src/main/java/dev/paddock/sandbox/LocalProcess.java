package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.ControlGroup.Hits;
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
import java.util.concurrent.TimeUnit;

/** A started process and the box that it is alone in. */
final class LocalProcess implements RunningProcess {
  /** Runs the program where it is to run, with its variables. */
  private static final List<String> RUN =
      List.of("/bin/sh", "-c", "cd -- \"$1\" || exit 126\nshift\nexec \"$@\"", "paddock");

  /** Gives the program a session of its own, whose terminal it is. */
  private static final List<String> TERMINAL = List.of("/usr/bin/setsid", "--ctty", "--wait");

  private static final int KILLED = 128 + 9;

  private final int id;
  private final LocalSandbox sandbox;
  private final Box box;
  private final Optional<Terminal> terminal;
  private final Optional<InputQueue> typed;
  private final Unread unread;
  private final Hits before;
  private boolean ended;

  private LocalProcess(
      int id, LocalSandbox sandbox, Box box, Optional<Terminal> terminal, int maxUnreadBytes) {
    this.id = id;
    this.sandbox = sandbox;
    this.box = box;
    this.terminal = terminal;
    typed = terminal.map(each -> new InputQueue(each.input()));
    unread = new Unread(maxUnreadBytes);
    before = sandbox.hits();
  }

  static LocalProcess start(int id, LocalSandbox sandbox, ProcessRequest request) {
    Optional<Terminal> terminal = request.terminal().map(Terminal::open);
    Box box;
    try {
      BoxStart start = BoxStart.of(command(request)).in(sandbox.network());
      box =
          sandbox.open(
              terminal
                  .map(each -> start.withTerminal(each.path()))
                  .orElseGet(start::withOneOutput));
    } catch (SandboxException e) {
      terminal.ifPresent(each -> close(each, e));
      throw e;
    }
    LocalProcess process = new LocalProcess(id, sandbox, box, terminal, request.maxUnreadBytes());
    Pump.start(process::drain);
    return process;
  }

  private static List<String> command(ProcessRequest request) {
    List<String> command = new ArrayList<>(RUN);
    command.add(request.directory());
    if (!request.environment().isEmpty()) {
      command.add("/usr/bin/env");
      request.environment().forEach((name, value) -> command.add(name + "=" + value));
    }
    if (request.terminal().isPresent()) {
      command.addAll(TERMINAL);
    }
    command.addAll(request.command());
    return command;
  }

  private static void close(Terminal terminal, SandboxException cause) {
    try {
      terminal.close();
    } catch (Errno e) {
      cause.addSuppressed(e);
    }
  }

  private void drain() {
    InputStream output = terminal.map(Terminal::output).orElseGet(box::stdout);
    byte[] buffer = new byte[Pump.BUFFER_BYTES];
    int count;
    while ((count = Pump.read(output, buffer)) >= 0) {
      if (unread.add(buffer, count) > Pump.FLOOD_BYTES) {
        box.kill(KilledBy.OUTPUT);
      }
    }
    try {
      box.awaitEnd();
      sandbox.end(box);
      if (terminal.isPresent()) {
        terminal.get().close();
      }
    } catch (Errno e) {
      throw new SandboxException(ErrorCode.INTERNAL, "cannot close a terminal", e);
    } finally {
      synchronized (this) {
        ended = true;
        notifyAll();
      }
    }
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public boolean hasTerminal() {
    return terminal.isPresent();
  }

  synchronized boolean ended() {
    return ended;
  }

  @Override
  public ProcessOutput read(Duration wait) throws InterruptedException {
    try (SpaceWatch.Command watched = sandbox.watched()) {
      awaitEnd(System.nanoTime() + wait.toNanos());
      watched.check();
    }
    boolean over = ended();
    Unread.Taken taken = unread.take(over);
    if (!over) {
      return new ProcessOutput(taken.bytes(), taken.missing(), Optional.empty(), Optional.empty());
    }
    sandbox.forget(this);
    Hits after = box.exitCode() == KILLED ? sandbox.hits() : before;
    Verdict verdict = Verdict.of(box.exitCode(), box.cause(), before, after);
    return new ProcessOutput(
        verdict.explain(taken.bytes(), sandbox.limits(), sandbox.limits().wallTime()),
        taken.missing(),
        Optional.of(box.exitCode()),
        verdict.killedBy());
  }

  private synchronized void awaitEnd(long deadline) throws InterruptedException {
    for (long left = deadline - System.nanoTime();
        !ended && left > 0;
        left = deadline - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
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
    if (terminal.isPresent() && !ended()) {
      try {
        terminal.get().resize(size);
      } catch (Errno e) {
        throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot resize a terminal", e);
      }
    }
  }

  @Override
  public void kill() {
    box.kill(KilledBy.INTERRUPT);
  }
}
