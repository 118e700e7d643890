package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.ControlGroup.Hits;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.ProcessRequest;
import dev.paddock.sandbox.spi.RunningProcess;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxReport;
import dev.paddock.sandbox.spi.ShellRequest;
import dev.paddock.sandbox.spi.ShellResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** A sandbox on this machine, held by bubblewrap. */
final class LocalSandbox implements Sandbox {
  private static final String NOT_FOUND = "bwrap: execvp ";

  /** When all of a box is dead its outputs end at once. */
  static final int PUMP_SECONDS = 10;

  private final BoxLauncher launcher;
  private final Path folder;
  private final List<Path> mountPoints;
  private final SandboxReport report;
  private final Optional<SpaceWatch> space;
  private final Set<Box> boxes = ConcurrentHashMap.newKeySet();
  private final AtomicLong started = new AtomicLong();
  private final Shell shell;
  private final Optional<SandboxNetwork> network;
  private final Processes processes = new Processes(this);
  private volatile boolean closed;

  /**
   * @param folder holds what this sandbox needs on the host; removed when it is closed
   * @param mountPoints folders that were made in the workspace
   * @param space what the workspace takes, where Paddock limits it
   * @param network what shell and started processes share; without one each has its own
   */
  LocalSandbox(
      BoxLauncher launcher,
      Path folder,
      List<Path> mountPoints,
      SandboxReport report,
      Optional<DiskSpace> space,
      Optional<SandboxNetwork> network) {
    this.launcher = launcher;
    this.folder = folder;
    this.mountPoints = List.copyOf(mountPoints);
    this.report = report;
    this.space =
        space.map(
            files ->
                new SpaceWatch(
                    files,
                    launcher.limits().workspaceBytes(),
                    () -> boxes.forEach(box -> box.kill(KilledBy.WORKSPACE))));
    this.network = network;
    this.shell = new Shell(this);
  }

  @Override
  public ExecResult exec(ExecRequest request) throws InterruptedException {
    Duration timeout = shorter(request.timeout());
    Capture out = new Capture(request.maxOutputBytes());
    Capture err = new Capture(request.maxOutputBytes());
    Hits before = hits();
    long began = System.nanoTime();
    SpaceWatch.Command watched = watched();
    Box box;
    try {
      BoxStart start = BoxStart.of(request.command());
      box = open(request.stdin().isPresent() ? start.withInput() : start);
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
      Duration wallTime = Duration.ofNanos(System.nanoTime() - began);
      Verdict verdict = Verdict.of(box.exitCode(), box.cause(), before, hits());
      int exitCode = exitCode(box, verdict, err);
      return new ExecResult(
          exitCode,
          out.bytes(),
          verdict.explain(err.bytes(), launcher.limits(), timeout),
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

  private int exitCode(Box box, Verdict verdict, Capture err) {
    if (!verdict.hit().isEmpty() || box.exitCode() == 0 || box.ran()) {
      return box.exitCode();
    }
    String reason = new String(err.bytes(), StandardCharsets.UTF_8).strip();
    if (reason.startsWith(NOT_FOUND)) {
      return reason.endsWith("No such file or directory") ? 127 : 126; // as a shell says it
    }
    throw notStarted(reason);
  }

  static SandboxException notStarted(String reason) {
    return new SandboxException(
        ErrorCode.UNAVAILABLE,
        "the box did not start: " + (reason.isEmpty() ? "bubblewrap was killed" : reason));
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
    return shell.run(request);
  }

  @Override
  public void restartShell() {
    shell.restart();
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
  public SandboxReport report() {
    return report;
  }

  Limits limits() {
    return launcher.limits();
  }

  Hits hits() {
    return launcher.group().hits();
  }

  Duration shorter(Duration timeout) {
    Duration longest = launcher.limits().wallTime();
    return timeout.compareTo(longest) < 0 ? timeout : longest;
  }

  /** Where the shell and started processes meet. */
  BoxStart.Network network() {
    requireOpen();
    return network.<BoxStart.Network>map(SandboxNetwork::join).orElseGet(BoxStart.Own::new);
  }

  Box open(BoxStart start) {
    requireOpen();
    Path status = folder.resolve("status-" + started.incrementAndGet());
    Box box = Box.start(launcher, start, status);
    boxes.add(box);
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
  void forget(LocalProcess process) {
    processes.forget(process);
  }

  /** Ends a box if it still runs, and forgets it. */
  void end(Box box) {
    if (box.alive()) {
      box.kill(KilledBy.INTERRUPT);
    }
    if (boxes.remove(box)) {
      box.awaitEmpty();
    }
    box.forget();
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
    boxes.forEach(box -> box.kill(KilledBy.INTERRUPT));
    network.ifPresent(SandboxNetwork::close);
    launcher.group().close();
    try {
      WorkspaceRemoval.remove(folder);
      MountPoints.remove(mountPoints);
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot remove " + folder, e);
    }
  }
}
