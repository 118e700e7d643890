package dev.paddock.docker;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.ProcessFolder;
import dev.paddock.sandbox.BoxedSandbox;
import dev.paddock.sandbox.MountPoints;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.SeccompProfile;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.Readiness;
import dev.paddock.sandbox.spi.Readiness.Missing;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxFactory;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.sandbox.spi.SandboxReport;
import dev.paddock.sandbox.spi.SandboxReport.Driver;
import dev.paddock.sandbox.spi.SandboxReport.Limit;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sandboxes in containers of Docker or Podman on this machine. Images are never fetched: what is
 * not there is named with the command that fetches it.
 */
public final class DockerSandboxProvider implements SandboxProvider {
  /** Has what agents use: git, curl, a compiler, Python, Perl. */
  static final String DEFAULT_IMAGE = "buildpack-deps:bookworm";

  private static final String FOLDER = "containers-";
  private static final String INSTALL =
      "sudo apt-get install podman, then sudo systemctl enable --now podman.socket (or docker.io, or"
          + " set DOCKER_HOST to the engine's unix:// socket)";

  private final SandboxFactory.Setup setup;
  private final Set<Measure> measures;
  private final AtomicLong started = new AtomicLong();
  private @Nullable Parts parts;
  private boolean proven;

  DockerSandboxProvider(SandboxFactory.Setup setup) {
    this(setup, Measure.ALL);
  }

  DockerSandboxProvider(SandboxFactory.Setup setup, Set<Measure> measures) {
    this.setup = setup;
    this.measures = measures;
  }

  @Override
  public String place() {
    return DockerSandboxes.PLACE;
  }

  String image() {
    return setup.settings().getOrDefault("image", DEFAULT_IMAGE);
  }

  /** Looks for engine and image, and if all seems there, runs nothing in a container. */
  @Override
  public synchronized Readiness readiness() {
    if (proven) {
      return Readiness.READY;
    }
    try {
      List<Missing> missing = missing();
      if (missing.isEmpty()) {
        prove();
        proven = true;
      }
      return new Readiness(missing);
    } catch (SandboxException e) {
      return new Readiness(List.of(new Missing(e.getMessage(), INSTALL)));
    }
  }

  private List<Missing> missing() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return List.of(
          new Missing(
              "containers are confined on Linux only", "run Paddock on Linux or in a VM with it"));
    }
    if (socket().isEmpty()) {
      return List.of(new Missing("no socket of Docker or Podman was found", INSTALL));
    }
    Engine engine = parts().engine();
    List<Missing> missing = new ArrayList<>();
    if (!engine.filtersSystemCalls()) {
      missing.add(
          new Missing(
              engine.describe() + " does not filter system calls",
              "use an engine and a kernel with seccomp"));
    }
    if (!engine.has(image())) {
      missing.add(
          new Missing(
              "the image %s is not on this machine, and nothing is fetched unasked"
                  .formatted(image()),
              "%s pull %s".formatted(engine.name(), image())));
    }
    return missing;
  }

  @Override
  public Readiness egressReadiness() {
    List<Missing> missing = new ArrayList<>(readiness().missing());
    missing.addAll(NetworkBridge.missing());
    return new Readiness(missing);
  }

  private void prove() {
    Path workspace = parts().folder().path().resolve("proof-" + started.incrementAndGet());
    try {
      Files.createDirectory(workspace);
      try (Sandbox sandbox = open(parts(), SandboxSpec.of(workspace))) {
        ExecResult result = sandbox.exec(ExecRequest.of("true"));
        if (result.exitCode() != 0) {
          throw new SandboxException(
              ErrorCode.ISOLATION_MISSING,
              "a command in a container of %s ends with %d: %s"
                  .formatted(
                      image(), result.exitCode(), result.stdoutText() + result.stderrText()));
        }
      }
      Files.delete(workspace);
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot write to " + workspace, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException(ErrorCode.CANCELLED, "interrupted while trying a container", e);
    }
  }

  @Override
  public Sandbox start(SandboxSpec spec) {
    MountPoints.check(spec);
    require(spec.egress().isPresent() ? egressReadiness() : readiness());
    return open(parts(), spec);
  }

  private static void require(Readiness readiness) {
    if (!readiness.ready()) {
      String fixes =
          readiness.missing().stream()
              .map(part -> part.what() + "; fix: " + part.fix())
              .collect(Collectors.joining("\n"));
      throw new SandboxException(
          ErrorCode.ISOLATION_MISSING, "commands cannot be confined in containers here: " + fixes);
    }
  }

  private BoxedSandbox open(Parts with, SandboxSpec spec) {
    Engine engine = with.engine();
    String run = with.folder().path().getFileName().toString();
    String name = "paddock-" + run + "-" + started.incrementAndGet();
    Optional<NetworkBridge> bridge = spec.egress().map(out -> new NetworkBridge(out.socket()));
    try {
      Path workspace = spec.workspace().toRealPath();
      List<Path> mountPoints = MountPoints.prepare(spec, workspace);
      ContainerPlan plan =
          new ContainerPlan(name, image(), spec, workspace, with.filter(), measures);
      String id = engine.create(plan.command(engine, run));
      Container container = new Container(engine, id, plan, mountPoints, bridge);
      try {
        container.run();
        return new BoxedSandbox(
            container,
            spec.limits(),
            report(engine, container.group(), bridge.isPresent(), plan.limitedDisk().isPresent()),
            measures.contains(Measure.WORKSPACE_LIMIT) ? List.of(workspace) : List.of());
      } catch (IOException | RuntimeException e) {
        container.close();
        throw e;
      }
    } catch (IOException e) {
      throw new SandboxException(
          ErrorCode.INVALID_REQUEST, "cannot use the workspace " + spec.workspace(), e);
    }
  }

  private SandboxReport report(
      Engine engine, ContainerGroup group, boolean bridged, boolean limitsIo) {
    boolean grouped = group.driver() != Driver.NONE;
    Map<Limit, Driver> drivers = new EnumMap<>(Limit.class);
    drivers.put(Limit.MEMORY, grouped ? group.driver() : Driver.RLIMIT);
    drivers.put(Limit.PROCESSES, group.driver());
    drivers.put(Limit.CPU_SHARE, group.driver());
    drivers.put(Limit.IO, limitsIo ? group.driver() : Driver.NONE);
    drivers.put(Limit.WORKSPACE, Driver.PADDOCK);
    drivers.put(Limit.FILE_SIZE, Driver.RLIMIT);
    drivers.put(Limit.OPEN_FILES, Driver.RLIMIT);
    drivers.put(Limit.CPU, Driver.RLIMIT);
    drivers.put(Limit.WALL_TIME, Driver.PADDOCK);
    drivers.put(Limit.OUTPUT, Driver.PADDOCK);
    List<String> isolation = new ArrayList<>();
    isolation.add("a container of %s, made from %s".formatted(engine.describe(), image()));
    measures.stream().sorted().map(Measure::text).forEach(isolation::add);
    if (bridged) {
      isolation.add("in the network a port that leads to this sandbox's egress proxy");
    }
    return new SandboxReport(place(), isolation, drivers);
  }

  private Optional<Path> socket() {
    return EngineSocket.find(
        Optional.ofNullable(setup.settings().get("host")), setup.environment());
  }

  private synchronized Parts parts() {
    Parts ready = parts;
    if (ready == null) {
      ready = connect();
      parts = ready;
    }
    return ready;
  }

  private Parts connect() {
    Path socket =
        socket().orElseThrow(() -> new SandboxException(ErrorCode.ISOLATION_MISSING, "no engine"));
    Engine engine = Engine.connect(socket, setup.base());
    try {
      Files.createDirectories(setup.base());
      ProcessFolder folder =
          ProcessFolder.create(setup.base(), FOLDER, dead -> remove(engine, dead));
      Path filter = folder.path().resolve("filter.json");
      Files.writeString(filter, SeccompProfile.json());
      return new Parts(engine, folder, filter);
    } catch (IOException e) {
      engine.close();
      throw new SandboxException(
          ErrorCode.UNAVAILABLE, "cannot prepare containers in " + setup.base(), e);
    } catch (SandboxException e) {
      engine.close();
      throw e;
    }
  }

  /** Removes what a process has left, with its containers. */
  private void remove(Engine engine, Path folder) throws IOException {
    List<String> left = engine.labelled(ContainerPlan.RUN_LABEL, folder.getFileName().toString());
    left.forEach(engine::remove);
    if (!left.isEmpty()) {
      setup
          .notices()
          .accept(
              "removed %d container%s that a killed Paddock had left"
                  .formatted(left.size(), left.size() == 1 ? "" : "s"));
    }
    for (Path inside : inside(folder)) {
      Files.delete(inside);
    }
    Files.delete(folder);
  }

  private static List<Path> inside(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  @Override
  public synchronized void close() {
    Parts last = parts;
    parts = null;
    if (last == null) {
      return;
    }
    try {
      last.folder().remove();
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot remove " + last.folder().path(), e);
    } finally {
      last.engine().close();
    }
  }

  /** What all sandboxes of a provider share. */
  private record Parts(Engine engine, ProcessFolder folder, Path filter) {}
}
