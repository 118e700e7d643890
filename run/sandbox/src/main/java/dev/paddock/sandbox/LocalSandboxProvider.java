package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Readiness;
import dev.paddock.sandbox.spi.Sandbox;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sandboxes on this machine: bubblewrap with a seccomp program of our own, and control groups where
 * there are any. Needs no root and no daemon.
 */
public final class LocalSandboxProvider implements SandboxProvider {
  private final Path base;
  private final Machine machine;
  private final LaunchOptions options;
  private final AtomicLong started = new AtomicLong();
  private @Nullable Setup setup;
  private boolean proven;

  /**
   * @param base a folder of its own for files that live as long as a sandbox, such as its /tmp;
   *     what crashed processes left there is removed
   */
  public LocalSandboxProvider(Path base) {
    this(base, Machine.THIS, LaunchOptions.PRODUCTION);
  }

  LocalSandboxProvider(Path base, Machine machine, LaunchOptions options) {
    this.base = base;
    this.machine = machine;
    this.options = options;
  }

  /**
   * Ends the boxes of dead processes and removes what they left: processes, control groups,
   * folders.
   *
   * @return of how many processes
   */
  public static int sweep(Path base) {
    return RunFolder.sweep(base);
  }

  @Override
  public String place() {
    return "local";
  }

  /** Looks at the machine, and if all seems there, starts a box that does nothing. */
  @Override
  public synchronized Readiness readiness() {
    if (proven) {
      return Readiness.READY;
    }
    List<Readiness.Missing> missing = machine.missing();
    if (!missing.isEmpty()) {
      return new Readiness(missing);
    }
    try {
      prove();
      proven = true;
      return Readiness.READY;
    } catch (SandboxException e) {
      return new Readiness(machine.whyNoBox(e.getMessage()));
    }
  }

  @Override
  public Readiness egressReadiness() {
    List<Readiness.Missing> missing = new ArrayList<>(readiness().missing());
    if (machine.socat().isEmpty()) {
      missing.add(
          new Readiness.Missing(
              "socat, by which a sandbox reaches its egress proxy, is not installed",
              Machine.INSTALL_SOCAT));
    }
    return new Readiness(missing);
  }

  private void prove() {
    Setup parts = setup();
    Path workspace = parts.run().path().resolve("proof-" + started.incrementAndGet());
    try {
      Files.createDirectory(workspace);
      try (BoxedSandbox sandbox = open(parts, SandboxSpec.of(workspace))) {
        sandbox.prove();
      }
      Files.delete(workspace);
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot write to " + workspace, e);
    }
  }

  @Override
  public Sandbox start(SandboxSpec spec) {
    MountPoints.check(spec);
    spec.egress().ifPresent(egress -> EgressBridge.socat(machine));
    Readiness readiness = readiness();
    if (!readiness.ready()) {
      String fixes =
          readiness.missing().stream()
              .map(part -> part.what() + "; fix: " + part.fix())
              .collect(Collectors.joining("\n"));
      throw new SandboxException(
          ErrorCode.ISOLATION_MISSING, "commands cannot be confined here: " + fixes);
    }
    return open(setup(), spec);
  }

  private BoxedSandbox open(Setup parts, SandboxSpec spec) {
    String name = "paddock-" + parts.run().name() + "-" + started.incrementAndGet();
    Path folder = parts.run().path().resolve(name);
    ControlGroup group = ControlGroup.NONE;
    try {
      Path workspace = spec.workspace().toRealPath();
      List<Path> mountPoints = MountPoints.prepare(spec, workspace);
      Path temporary = folder.resolve("tmp");
      Files.createDirectories(temporary.resolve("home"));
      if (!spec.accounts().isEmpty()) {
        EtcFolder.writeAccounts(folder, spec.accounts());
      }
      if (options.controlGroups()) {
        parts.run().note(parts.groups().within(name).folders());
        group =
            parts
                .groups()
                .create(name, spec.limits(), options.measures(), BlockDevice.of(workspace));
      }
      Path arguments = folder.resolve("arguments");
      BoxArguments box =
          new BoxArguments(spec, workspace, parts.etc(), temporary, parts.bubblewrap(), options);
      List<String> view = box.list();
      Files.write(arguments, BoxArguments.nulSeparated(view));
      Optional<EgressBridge> bridge = Optional.empty();
      if (spec.egress().isPresent()) {
        Path stage = folder.resolve("bridge-arguments");
        List<String> list = EgressBridge.list(spec.egress().get(), view, options);
        Files.write(stage, BoxArguments.nulSeparated(list));
        bridge = Optional.of(new EgressBridge(EgressBridge.socat(machine), stage));
      }
      BoxLauncher launcher =
          new BoxLauncher(
              parts.bubblewrap(), parts.filter(), arguments, spec.limits(), group, options, bridge);
      Optional<SandboxNetwork> network = SandboxNetwork.of(launcher, box, folder);
      boolean held =
          DiskSpace.heldByFileSystem(workspace, temporary, spec.limits().workspaceBytes());
      List<Path> measured =
          held || !options.has(Measure.WORKSPACE_LIMIT) ? List.of() : List.of(workspace, temporary);
      return new BoxedSandbox(
          new LocalBoxes(launcher, folder, mountPoints, network, spec.background()),
          spec.limits(),
          report(group, held, bridge.isPresent()),
          measured);
    } catch (IOException e) {
      group.close();
      throw new SandboxException(
          ErrorCode.INVALID_REQUEST, "cannot use the workspace " + spec.workspace(), e);
    }
  }

  private SandboxReport report(ControlGroup group, boolean fileSystem, boolean bridged) {
    Map<Limit, Driver> drivers = new EnumMap<>(Limit.class);
    drivers.put(Limit.MEMORY, Driver.RLIMIT);
    drivers.put(Limit.PROCESSES, machine.root() ? Driver.NONE : Driver.RLIMIT);
    drivers.put(Limit.WORKSPACE, fileSystem ? Driver.FILE_SYSTEM : Driver.PADDOCK);
    drivers.put(Limit.FILE_SIZE, Driver.RLIMIT);
    drivers.put(Limit.OPEN_FILES, Driver.RLIMIT);
    drivers.put(Limit.CPU, Driver.RLIMIT);
    drivers.put(Limit.CPU_SHARE, Driver.NONE);
    drivers.put(Limit.IO, Driver.NONE);
    drivers.put(Limit.WALL_TIME, Driver.PADDOCK);
    drivers.put(Limit.OUTPUT, Driver.PADDOCK);
    drivers.putAll(group.enforced());
    List<String> isolation = new ArrayList<>();
    for (Measure measure : Measure.values()) {
      if (options.has(measure) && (bridged || measure != Measure.BRIDGE_PROCESSES)) {
        isolation.add(measure.text());
      }
    }
    if (bridged) {
      isolation.add("in the network a port that leads to this sandbox's egress proxy");
    }
    return new SandboxReport(place(), isolation, drivers);
  }

  private synchronized Setup setup() {
    Setup ready = setup;
    if (ready == null) {
      ready = Setup.create(base, machine, options);
      setup = ready;
    }
    return ready;
  }

  /** Removes this provider's folder; its sandboxes must be closed. */
  @Override
  public synchronized void close() {
    if (setup != null) {
      setup.run().remove();
      setup = null;
    }
  }

  /** What all sandboxes of a provider share. */
  private record Setup(
      RunFolder run, EtcFolder etc, Path filter, Bubblewrap bubblewrap, ControlGroups groups) {

    static Setup create(Path base, Machine machine, LaunchOptions options) {
      Bubblewrap bubblewrap = machine.bubblewrap();
      RunFolder run = RunFolder.create(base);
      try {
        Path filter = run.path().resolve("filter");
        Files.write(
            filter, SystemCallFilter.program(machine.architecture(), options.measures()).bytes());
        EtcFolder etc = EtcFolder.create(run.path().resolve("etc"), Path.of("/etc"));
        return new Setup(run, etc, filter, bubblewrap, ControlGroups.detect(machine.self()));
      } catch (IOException e) {
        throw new SandboxException(
            ErrorCode.UNAVAILABLE, "cannot prepare sandboxes in " + run.path(), e);
      }
    }
  }
}
