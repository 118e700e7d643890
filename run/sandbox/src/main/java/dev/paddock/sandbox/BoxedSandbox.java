package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Box;
import dev.paddock.sandbox.spi.Boxes;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.Hits;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.PortConnection;
import dev.paddock.sandbox.spi.ProcessRequest;
import dev.paddock.sandbox.spi.RunningProcess;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxReport;
import dev.paddock.sandbox.spi.ShellRequest;
import dev.paddock.sandbox.spi.ShellResult;
import dev.paddock.sandbox.spi.TerminalSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A sandbox whose commands run in boxes: what is the same in every place, such as the shell, the
 * limits that Paddock itself holds, and what a result says.
 */
public final class BoxedSandbox implements Sandbox {
  /** When all of a box is dead its outputs end at once. */
  static final int PUMP_SECONDS = 10;

  private final Boxes boxes;
  private final Limits limits;
  private final SandboxReport report;
  private final Optional<SpaceWatch> space;
  private final Set<Box> running = ConcurrentHashMap.newKeySet();
  private final Map<String, Shell> shells = new HashMap<>();
  private final Processes processes = new Processes(this);
  private final Semaphore connections = new Semaphore(MAX_CONNECTIONS);
  private volatile boolean closed;

  /**
   * Takes the boxes over.
   *
   * @param measured the host's folders whose files count for the workspace's limit; empty where
   *     something else holds it
   */
  public BoxedSandbox(Boxes boxes, Limits limits, SandboxReport report, List<Path> measured)
      throws IOException {
    this.boxes = boxes;
    this.limits = limits;
    this.report = report;
    this.space =
        measured.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new SpaceWatch(
                    DiskSpace.of(measured),
                    limits.workspaceBytes(),
                    () -> running.forEach(box -> box.kill(KilledBy.WORKSPACE))));
  }

  @Override
  public ExecResult exec(ExecRequest request) throws InterruptedException {
    Duration timeout = shorter(request.timeout());
    Capture out = new Capture(request.maxOutputBytes());
    Capture err = new Capture(request.maxOutputBytes());
    Hits before = hits();
    long start = System.nanoTime();
    SpaceWatch.Command watched = watched();
    Box box;
    try {
      box = open(() -> boxes.start(request.command(), request.stdin().isPresent()));
    } catch (SandboxException e) {
      watched.close();
      throw e;
    }
    try {
      Future<?> outPump = Pump.capture(box, box.stdout(), out);
      Future<?> errPump = Pump.capture(box, box.stderr(), err);
      Optional<Future<?>> feed = request.stdin().map(bytes -> Pump.feed(bytes, box.stdin()));
      if (!box.await(timeout)) {
        box.kill(KilledBy.TIMEOUT);
      }
      finish(outPump);
      finish(errPump);
      if (feed.isPresent()) {
        finish(feed.get());
      }
      watched.check();
      Duration wallTime = Duration.ofNanos(System.nanoTime() - start);
      Verdict verdict = Verdict.of(box.exitCode(), box.cause(), before, hits());
      int exitCode = verdict.hit().isEmpty() ? box.exitCode(err.bytes()) : box.exitCode();
      return new ExecResult(
          exitCode,
          out.bytes(),
          verdict.explain(err.bytes(), limits, timeout),
          out.truncated(),
          err.truncated(),
          verdict.killedBy(),
          wallTime);
    } finally {
      watched.close();
      end(box);
    }
  }

  SpaceWatch.Command watched() {
    return space.map(SpaceWatch::begin).orElse(SpaceWatch.Command.UNWATCHED);
  }

  static SandboxException notStarted(String reason) {
    return new SandboxException(
        ErrorCode.UNAVAILABLE,
        "the box did not start: " + (reason.isEmpty() ? "it was killed" : reason));
  }

  /** Runs nothing in a box, or throws. */
  void prove() {
    try {
      ExecResult result = exec(ExecRequest.of("/bin/true"));
      if (result.exitCode() != 0) {
        throw notStarted(result.stderrText().strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException(ErrorCode.CANCELLED, "interrupted while trying a box", e);
    }
  }

  @Override
  public ShellResult shell(ShellRequest request) throws InterruptedException {
    Optional<ShellResult> result = Optional.empty();
    while (result.isEmpty()) {
      result = shell(request.shell()).run(request);
    }
    return result.get();
  }

  private Shell shell(String name) {
    synchronized (shells) {
      if (shells.size() >= MAX_SHELLS && !shells.containsKey(name)) {
        throw new SandboxException(
            ErrorCode.LIMIT_EXCEEDED,
            "the sandbox has %d shells already; end one first".formatted(MAX_SHELLS));
      }
      return shells.computeIfAbsent(name, ignored -> new Shell(this));
    }
  }

  @Override
  public void endShell(String name) {
    Optional<Shell> ended;
    synchronized (shells) {
      ended = Optional.ofNullable(shells.remove(name));
    }
    ended.ifPresent(Shell::end);
  }

  @Override
  public RunningProcess start(ProcessRequest request) {
    return processes.start(request);
  }

  @Override
  public Optional<RunningProcess> process(int id) {
    return processes.find(id);
  }

  @Override
  public PortConnection connect(int port, Duration wait) throws InterruptedException {
    if (port < 1 || port > 65_535) {
      throw new SandboxException(
          ErrorCode.INVALID_REQUEST, "a port is a number from 1 to 65535, not " + port);
    }
    if (!connections.tryAcquire()) {
      throw new SandboxException(
          ErrorCode.LIMIT_EXCEEDED,
          "%d connections to ports of the sandbox are open already".formatted(MAX_CONNECTIONS));
    }
    Box relay;
    try {
      relay = open(() -> boxes.startRelay(port, wait));
    } catch (SandboxException e) {
      connections.release();
      throw e;
    }
    return PortRelay.connect(
        relay,
        port,
        wait,
        () -> {
          connections.release();
          end(relay);
        });
  }

  @Override
  public SandboxReport report() {
    return report;
  }

  Limits limits() {
    return limits;
  }

  Hits hits() {
    return boxes.hits();
  }

  Duration shorter(Duration timeout) {
    Duration longest = limits.wallTime();
    return timeout.compareTo(longest) < 0 ? timeout : longest;
  }

  /** A box that shares the sandbox's network. */
  Box openShared(List<String> command, boolean input) {
    return open(() -> boxes.startShared(command, input));
  }

  Box openShell(List<String> command) {
    return open(() -> boxes.startShell(command));
  }

  Box openTerminal(List<String> command, TerminalSize size) {
    return open(() -> boxes.startTerminal(command, size));
  }

  private Box open(Supplier<Box> start) {
    requireOpen();
    Box box = start.get();
    running.add(box);
    if (closed) { // it was closed meanwhile and may have missed this one
      end(box);
      requireOpen();
    }
    return box;
  }

  private void requireOpen() {
    if (closed) {
      throw new SandboxException(ErrorCode.CONFLICT, "the sandbox is closed");
    }
  }

  /** Its end was told. */
  void forget(BoxedProcess process) {
    processes.forget(process);
  }

  /** Ends a box if it still runs, and forgets it. */
  void end(Box box) {
    if (box.alive()) {
      box.kill(KilledBy.INTERRUPT);
    }
    running.remove(box);
    box.end();
  }

  private static void finish(Future<?> pump) throws InterruptedException {
    try {
      pump.get(PUMP_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new SandboxException(
          ErrorCode.INTERNAL, "the box ended, but something still holds its output open", e);
    } catch (ExecutionException e) {
      throw new SandboxException(
          ErrorCode.INTERNAL, "reading a command's output failed", e.getCause());
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    space.ifPresent(SpaceWatch::close);
    running.forEach(box -> box.kill(KilledBy.INTERRUPT));
    boxes.close();
  }
}
