package dev.paddock.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.BindOptions;
import com.github.dockerjava.api.model.BindPropagation;
import com.github.dockerjava.api.model.BlkioRateDevice;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.Ulimit;
import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.BlockDevice;
import dev.paddock.sandbox.BoxEnvironment;
import dev.paddock.sandbox.EgressBridge;
import dev.paddock.sandbox.MountPoints;
import dev.paddock.sandbox.ResourceLimits;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.spi.EgressSocket;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a sandbox's container is created from.
 *
 * @param name of the sandbox, which no other on this machine has
 * @param workspace the real path of the spec's folder
 * @param filter the file with the system call profile
 */
record ContainerPlan(
    String name,
    String image,
    SandboxSpec spec,
    Path workspace,
    Path filter,
    Set<Measure> measures) {
  /** Which run of Paddock a container belongs to: the name of its {@code ProcessFolder}. */
  static final String RUN_LABEL = "dev.paddock.run";

  private static final String WORKSPACE = "/workspace";
  private static final long SHARED_MEMORY_BYTES = 64L << 20;
  private static final int CPU_SHARES = 512;
  private static final int MANY_FILES = 4096;

  /** What Podman takes for the end of a name, and for an option behind it. */
  private static final Pattern ENDS_A_NAME = Pattern.compile("[,:\"\\\\\\p{Cntrl}]");

  private static final long CPU_PERIOD = 100_000;

  /** The first process and the one it waits for. */
  private static final int OWN_PROCESSES = 2;

  /** As the first process it takes in orphans. A bash is in the image, as the shell needs one. */
  private static final String FIRST =
      "mkdir -p %s; while :; do sleep 86400 & wait $!; done".formatted(BoxEnvironment.HOME);

  CreateContainerCmd command(Engine engine, String run) throws IOException {
    if (engine.podman()) {
      refuseNamesThatEnd();
    }
    return engine
        .container(image)
        .withName(name)
        .withHostName("paddock")
        .withLabels(Map.of(RUN_LABEL, run))
        .withUser(user(engine))
        .withWorkingDir(WORKSPACE)
        .withEnv(environment())
        .withEntrypoint("bash", "-c", FIRST, name)
        .withCmd(List.of())
        .withHostConfig(host(engine));
  }

  private void refuseNamesThatEnd() throws IOException {
    Stream.concat(
            mounts().stream().flatMap(mount -> Stream.of(mount.getSource(), mount.getTarget())),
            memoryFolders().keySet().stream())
        .filter(name -> ENDS_A_NAME.matcher(String.valueOf(name)).find())
        .findFirst()
        .ifPresent(
            name -> {
              throw new SandboxException(
                  ErrorCode.INVALID_REQUEST,
                  "podman cannot show a path with a comma, a colon, a quote or a control character: "
                      + name);
            });
  }

  /** Who owns the workspace, so that files belong to whom they would without a container. */
  private String user(Engine engine) throws IOException {
    if (engine.rootless() && !engine.podman()) {
      return "0:0"; // who is the engine's user outside
    }
    return Files.getAttribute(workspace, "unix:uid")
        + ":"
        + Files.getAttribute(workspace, "unix:gid");
  }

  private HostConfig host(Engine engine) throws IOException {
    Limits limits = spec.limits();
    HostConfig host =
        new HostConfig()
            .withReadonlyRootfs(has(Measure.READ_ONLY_ROOT))
            .withSecurityOpts(securityOptions(engine))
            .withIpcMode("private")
            .withShmSize(SHARED_MEMORY_BYTES)
            .withUlimits(resourceLimits())
            .withTmpFs(memoryFolders())
            .withMounts(mounts())
            .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE));
    if (has(Measure.NO_NETWORK)) {
      host.withNetworkMode("none");
    } else {
      host.withNetworkMode("host");
    }
    if (has(Measure.NO_CAPABILITIES)) {
      host.withCapDrop(Capability.ALL);
    } else {
      host.withCapAdd(Capability.SYS_ADMIN, Capability.NET_RAW);
    }
    if (engine.podman() && engine.rootless()) {
      host.withUsernsMode("keep-id");
    }
    if (engine.limitsMemory()) {
      if (has(Measure.MEMORY_LIMIT)) {
        host.withMemory(limits.memoryBytes()).withMemorySwap(limits.memoryBytes());
      }
      if (has(Measure.PROCESS_LIMIT)) {
        host.withPidsLimit((long) limits.processes() + OWN_PROCESSES);
      }
      host.withCpuShares(CPU_SHARES);
      limits
          .cpus()
          .ifPresent(
              count ->
                  host.withCpuPeriod(CPU_PERIOD)
                      .withCpuQuota(Math.max(1_000, (long) (count * CPU_PERIOD))));
      Optional<BlockDevice> disk = limitedDisk();
      if (disk.isPresent()) {
        List<BlkioRateDevice> rate =
            List.of(
                new BlkioRateDevice()
                    .withPath(disk.get().file().toString())
                    .withRate(limits.ioBytesPerSecond().orElseThrow()));
        host.withBlkioDeviceReadBps(rate).withBlkioDeviceWriteBps(rate);
      }
    }
    return host;
  }

  /** The workspace's disk, where there is a limit for it and the engine can hold it. */
  Optional<BlockDevice> limitedDisk() throws IOException {
    return has(Measure.IO_LIMIT) && spec.limits().ioBytesPerSecond().isPresent()
        ? BlockDevice.of(workspace)
        : Optional.empty();
  }

  private List<String> securityOptions(Engine engine) throws IOException {
    List<String> options = new ArrayList<>();
    if (has(Measure.NO_NEW_PRIVILEGES)) {
      options.add("no-new-privileges");
    }
    if (!has(Measure.SYSTEM_CALL_FILTER)) {
      options.add("seccomp=unconfined");
    } else {
      // Docker takes the profile itself, Podman the name of a file that it reads
      options.add("seccomp=" + (engine.podman() ? filter : Files.readString(filter)));
    }
    return options;
  }

  private List<Ulimit> resourceLimits() {
    List<Ulimit> limits = new ArrayList<>();
    limits.add(new Ulimit("core", 0L, 0L));
    limits.add(new Ulimit("msgqueue", ProcessMark.SUM, ProcessMark.SUM));
    // Podman's own numbers are too high for a root without every capability, so there always are
    // some
    int open = has(Measure.OPEN_FILES_LIMIT) ? spec.limits().openFiles() : MANY_FILES;
    long files = ResourceLimits.atMost("Max open files", open);
    limits.add(new Ulimit("nofile", files, files));
    // counts all that the user runs on the machine, so it limits nothing
    long most = ResourceLimits.atMost("Max processes", 32_768);
    limits.add(new Ulimit("nproc", most, most));
    return limits;
  }

  /** Folders in memory, which count for the memory's limit. */
  private Map<String, String> memoryFolders() {
    Map<String, String> folders = new LinkedHashMap<>();
    long most = Math.min(spec.limits().workspaceBytes(), spec.limits().memoryBytes() / 2);
    folders.put("/tmp", "rw,exec,nosuid,nodev,mode=1777,size=" + most);
    folders.put("/var/tmp", "rw,nosuid,nodev,mode=1777,size=1m");
    folders.put("/run", "rw,nosuid,nodev,mode=755,size=1m");
    // as in a box on this machine: one mount directly in the workspace, which nobody can swap
    for (ReadOnlyMount mount : spec.mounts()) {
      MountPoints.workspaceFolder(mount)
          .ifPresent(
              folder -> folders.put(WORKSPACE + "/" + folder, "ro,nosuid,nodev,mode=755,size=1m"));
    }
    return folders;
  }

  private List<Mount> mounts() throws IOException {
    List<Mount> mounts = new ArrayList<>();
    mounts.add(bind(workspace, WORKSPACE, false));
    Path beside = workspace.resolveSibling("beside");
    if (!has(Measure.ONE_FOLDER) && Files.isDirectory(beside)) {
      mounts.add(bind(beside, beside.toString(), true));
    }
    for (ReadOnlyMount mount : spec.mounts()) {
      mounts.add(bind(mount.host().toRealPath(), mount.box(), has(Measure.READ_ONLY_MOUNTS)));
    }
    if (spec.egress().isPresent()) {
      EgressSocket egress = spec.egress().get();
      mounts.add(bind(egress.certificates().toRealPath(), EgressBridge.SHOWN, true));
    }
    return mounts;
  }

  private static Mount bind(Path host, String place, boolean readOnly) {
    return new Mount()
        .withType(MountType.BIND)
        .withSource(host.toString())
        .withTarget(place)
        .withReadOnly(readOnly)
        .withBindOptions(new BindOptions().withPropagation(BindPropagation.R_PRIVATE));
  }

  /** Added to the image's own. */
  private List<String> environment() {
    return BoxEnvironment.of(spec).entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .toList();
  }

  private boolean has(Measure measure) {
    return measures.contains(measure);
  }
}
