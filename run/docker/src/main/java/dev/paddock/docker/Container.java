package dev.paddock.docker;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.MountPoints;
import dev.paddock.sandbox.PortRelay;
import dev.paddock.sandbox.ResourceLimits;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.spi.Box;
import dev.paddock.sandbox.spi.Boxes;
import dev.paddock.sandbox.spi.Hits;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.Readiness.Missing;
import dev.paddock.sandbox.spi.TerminalSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The container of one sandbox. Its first process does nothing; each box is a command that the
 * engine starts beside it, under the container's limits, and that is killed from outside: its
 * processes are this machine's, and belong to the owner of the workspace.
 */
final class Container implements Boxes {
  private static final int NAME_TRIES = 2_000;
  private static final long NAME_PAUSE_NANOS = 1_000_000;
  private static final int KILL_TRIES = 250;
  private static final long KILL_PAUSE_NANOS = 2_000_000;

  private final Engine engine;
  private final String id;
  private final ContainerPlan plan;
  private final List<Path> mountPoints;
  private final Optional<NetworkBridge> bridge;
  private final BitSet marks = new BitSet();
  private long first;
  private ContainerGroup group = ContainerGroup.NONE;

  Container(
      Engine engine,
      String id,
      ContainerPlan plan,
      List<Path> mountPoints,
      Optional<NetworkBridge> bridge) {
    this.engine = engine;
    this.id = id;
    this.plan = plan;
    this.mountPoints = List.copyOf(mountPoints);
    this.bridge = bridge;
  }

  /** Starts it, and starts it anew where a command could end it: it may be out of memory. */
  synchronized void run() {
    if (first > 0 && isFirst(first)) {
      return;
    }
    if (engine.firstProcess(id).isEmpty()) {
      engine.start(id);
    }
    first =
        engine
            .firstProcess(id)
            .orElseThrow(
                () ->
                    new SandboxException(
                        ErrorCode.UNAVAILABLE,
                        "the container ended at once; it needs a bash, mkdir and sleep in the image "
                            + plan.image()));
    for (int tries = 0; !isFirst(first) && tries < NAME_TRIES; tries++) {
      LockSupport.parkNanos(NAME_PAUSE_NANOS); // it is still the engine's own program
    }
    if (!isFirst(first)) {
      throw new SandboxException(
          ErrorCode.ISOLATION_MISSING,
          "the processes of %s are not processes of this machine; run Paddock beside the engine,"
                  .formatted(engine.describe())
              + " not in a container or outside its virtual machine");
    }
    group = ContainerGroup.of(first);
    bridge.ifPresent(out -> out.start(first));
  }

  /** Process ids are used again, names of sandboxes are not. */
  private boolean isFirst(long process) {
    try {
      return Files.readString(Path.of("/proc/" + process + "/cmdline"))
          .contains("\0" + plan.name());
    } catch (IOException gone) {
      return false;
    }
  }

  synchronized ContainerGroup group() {
    return group;
  }

  @Override
  public Box start(List<String> command, boolean input) {
    return start(command, input, Optional.empty());
  }

  @Override
  public Box startTerminal(List<String> command, TerminalSize size) {
    return start(command, true, Optional.of(size));
  }

  private Box start(List<String> command, boolean input, Optional<TerminalSize> terminal) {
    run();
    ProcessMark mark = takeMark();
    try {
      return CommandBox.start(this, engine, mark, line(mark, command, terminal), input, terminal);
    } catch (SandboxException e) {
      returnMark(mark);
      throw e;
    }
  }

  /** A program of this machine that has entered nothing but the container's network. */
  @Override
  public Box startRelay(int port, Duration wait) {
    List<Missing> missing = NetworkBridge.missing();
    if (!missing.isEmpty()) {
      throw new SandboxException(
          ErrorCode.PART_MISSING,
          "ports of the container cannot be reached: %s; fix: %s"
              .formatted(missing.getFirst().what(), missing.getFirst().fix()));
    }
    run();
    List<String> relay = PortRelay.command(PortRelay.socat(), "STDIO,shut-close", port, wait);
    long init;
    synchronized (this) {
      init = first;
    }
    return RelayBox.start(NetworkBridge.beside(init, relay));
  }

  String id() {
    return id;
  }

  private synchronized ProcessMark takeMark() {
    int number = marks.nextClearBit(1);
    marks.set(number);
    return new ProcessMark(number);
  }

  synchronized void returnMark(ProcessMark mark) {
    marks.clear(mark.number());
  }

  /** A shell lowers the limits that the engine does not, marks itself, and becomes the command. */
  private List<String> line(
      ProcessMark mark, List<String> command, Optional<TerminalSize> terminal) {
    Limits limits = plan.spec().limits();
    StringBuilder script = new StringBuilder();
    if (has(Measure.FILE_SIZE_LIMIT)) {
      long blocks = Math.ceilDiv(limits.fileSizeBytes(), 1024);
      lower(script, "-f", ResourceLimits.atMost("Max file size", blocks));
    }
    if (has(Measure.CPU_LIMIT)) {
      // the soft limit names the cause by its signal, the hard one ends who ignores it
      lower(script, "-St", ResourceLimits.atMost("Max cpu time", limits.cpuSeconds()));
      lower(script, "-Ht", ResourceLimits.atMost("Max cpu time", limits.cpuSeconds() + 2));
    }
    if (has(Measure.MEMORY_LIMIT) && group().memory().isEmpty()) {
      lower(script, "-d", ResourceLimits.atMost("Max data size", limits.memoryBytes() / 1024));
    }
    if (has(Measure.PROCESS_MARK)) {
      lower(script, "-x", mark.locks());
      lower(script, "-q", mark.queues());
    }
    terminal.map(Container::awaitSize).ifPresent(script::append);
    script.append("unset HOSTNAME container OLDPWD; shift; exec \"$@\"");
    List<String> line = new ArrayList<>(List.of("bash", "-c", script.toString(), "box", "-"));
    line.addAll(command);
    return line;
  }

  /** Engines give a terminal its size once its command runs; bash looks after each subshell. */
  private static String awaitSize(TerminalSize size) {
    return "shopt -s checkwinsize; for ((i = 0; i < 100; i++)); do (:; :); "
        + "[[ $COLUMNS = %d && $LINES = %d ]] && break; sleep 0.01; done; "
            .formatted(size.columns(), size.rows())
        + "unset COLUMNS LINES i; ";
  }

  private static void lower(StringBuilder script, String flag, long value) {
    script.append("ulimit ").append(flag).append(' ').append(value).append(" || exit 125; ");
  }

  private boolean has(Measure measure) {
    return plan.measures().contains(measure);
  }

  /**
   * Kills what carries a mark, until nothing does.
   *
   * @param command the process that the engine has started, if it is known
   */
  void killMarked(ProcessMark mark, Optional<ProcessHandle> command) {
    for (int attempt = 0; attempt < KILL_TRIES; attempt++) {
      List<ProcessHandle> found = marked(mark, command);
      if (found.isEmpty()) {
        return;
      }
      found.forEach(ProcessHandle::destroyForcibly);
      LockSupport.parkNanos(KILL_PAUSE_NANOS);
    }
    engine.kill(id); // it makes processes faster than they are killed
  }

  /** Whether something with this mark has lost the process that started it. */
  boolean leaves(ProcessMark mark) {
    return !marked(mark, Optional.empty()).isEmpty();
  }

  private List<ProcessHandle> marked(ProcessMark mark, Optional<ProcessHandle> command) {
    long init;
    synchronized (this) {
      init = first;
    }
    Stream<ProcessHandle> started =
        command.stream()
            .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
            .filter(process -> command.get().equals(process) || mark.isOn(process));
    Stream<ProcessHandle> orphans =
        ProcessHandle.of(init).filter(process -> isFirst(init)).stream()
            .flatMap(ProcessHandle::descendants)
            .filter(mark::isOn);
    return Stream.concat(started, orphans).distinct().filter(Container::runs).toList();
  }

  /** A process can be dead and only not yet buried; one whose first thread is dead is not. */
  private static boolean runs(ProcessHandle process) {
    try {
      String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
      return process.isAlive()
          && !(status.contains("\nState:\tZ") && status.contains("\nThreads:\t1\n"));
    } catch (IOException gone) {
      return false;
    }
  }

  @Override
  public Hits hits() {
    return group().hits();
  }

  /** Ends it with everything in it; what Paddock needs of the engine is left to others. */
  @Override
  public void close() {
    bridge.ifPresent(NetworkBridge::close);
    engine.remove(id);
    try {
      MountPoints.remove(mountPoints);
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot remove " + mountPoints, e);
    }
  }
}
