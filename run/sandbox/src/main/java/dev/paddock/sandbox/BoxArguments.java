package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.ReadOnlyMount;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The view that a box has: bubblewrap's arguments for one sandbox. They are handed over in a file,
 * so that neither the host's process list nor the box's {@code /proc/1/cmdline} shows them.
 *
 * @param workspace the real path of the spec's folder
 * @param temporary the host folder shown as /tmp
 */
record BoxArguments(
    SandboxSpec spec,
    Path workspace,
    EtcFolder etc,
    Path temporary,
    Bubblewrap bubblewrap,
    LaunchOptions options) {

  private static final String UID = "1000";
  private static final long SHARED_MEMORY_BYTES = 64L << 20;
  private static final List<String> SYSTEM_LINKS =
      List.of("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32");

  private static final Set<String> NOT_HOST =
      Set.of("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "dev", "proc", "tmp");

  static byte[] nulSeparated(List<String> arguments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String argument : arguments) {
      bytes.writeBytes(argument.getBytes(StandardCharsets.UTF_8));
      bytes.write(0);
    }
    return bytes.toByteArray();
  }

  List<String> list() {
    return list(spec.egress().isEmpty()); // else the bridge has made the network
  }

  /**
   * @param ownNetwork whether the box makes its network, instead of being started in one
   */
  List<String> list(boolean ownNetwork) {
    List<String> arguments = new ArrayList<>();
    namespaces(arguments, ownNetwork);
    system(arguments);
    etc(arguments);
    devices(arguments);
    processes(arguments);
    arguments.addAll(List.of("--bind", temporary.toString(), "/tmp"));
    arguments.addAll(List.of("--bind", workspace.toString(), WorkspacePath.ROOT));
    mounts(arguments);
    spec.egress().ifPresent(egress -> arguments.addAll(EgressBridge.mounts(egress)));
    // all of the root that is not one of the mounts above would be memory without a limit
    arguments.addAll(List.of("--remount-ro", "/"));
    environment(arguments);
    arguments.addAll(List.of("--chdir", WorkspacePath.ROOT));
    return arguments;
  }

  private void namespaces(List<String> arguments, boolean ownNetwork) {
    if (options.has(Measure.USER_NAMESPACE)) {
      arguments.addAll(List.of("--unshare-user", "--uid", UID, "--gid", UID));
      if (options.has(Measure.NO_NESTED_USER_NAMESPACES)
          && bubblewrap.supports("--disable-userns")) {
        arguments.add("--disable-userns");
      }
    }
    flag(arguments, Measure.PID_NAMESPACE, "--unshare-pid");
    if (ownNetwork) {
      flag(arguments, Measure.NETWORK_NAMESPACE, "--unshare-net");
    }
    flag(arguments, Measure.IPC_NAMESPACE, "--unshare-ipc");
    flag(arguments, Measure.UTS_NAMESPACE, "--unshare-uts", "--hostname", "paddock");
    flag(arguments, Measure.CGROUP_NAMESPACE, "--unshare-cgroup");
    flag(arguments, Measure.NEW_SESSION, "--new-session");
    flag(arguments, Measure.DIE_WITH_PARENT, "--die-with-parent");
    if (options.has(Measure.NO_CAPABILITIES)) {
      arguments.addAll(List.of("--cap-drop", "ALL"));
    } else {
      arguments.addAll(List.of("--cap-add", "ALL"));
    }
  }

  private void flag(List<String> arguments, Measure measure, String... flags) {
    if (options.has(measure)) {
      arguments.addAll(List.of(flags));
    }
  }

  private void system(List<String> arguments) {
    programs(arguments, bind());
    if (!options.has(Measure.HIDDEN_HOST)) {
      wholeHost(arguments);
    }
  }

  /** What is needed to run the host's programs. */
  static void programs(List<String> arguments, String bind) {
    arguments.addAll(List.of(bind, "/usr", "/usr"));
    for (String link : SYSTEM_LINKS) {
      Path path = Path.of(link);
      if (Files.isSymbolicLink(path)) {
        arguments.addAll(List.of("--symlink", readLink(path), link));
      } else if (Files.isDirectory(path)) {
        arguments.addAll(List.of(bind, link, link));
      }
    }
  }

  private void wholeHost(List<String> arguments) {
    try (Stream<Path> folders = Files.list(Path.of("/"))) {
      folders
          .filter(folder -> !NOT_HOST.contains(folder.getFileName().toString()))
          .filter(folder -> Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .forEach(f -> arguments.addAll(List.of(bind(), f.toString(), f.toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String bind() {
    return options.has(Measure.READ_ONLY_SYSTEM) ? "--ro-bind" : "--bind";
  }

  private void etc(List<String> arguments) {
    if (!options.has(Measure.HIDDEN_HOST)) {
      return;
    }
    arguments.addAll(List.of("--ro-bind", etc.path().toString(), "/etc"));
    for (String part : etc.parts()) {
      arguments.addAll(List.of("--ro-bind-try", "/etc/" + part, "/etc/" + part));
    }
    if (!spec.accounts().isEmpty()) {
      for (String file : List.of("passwd", "group")) {
        String own = temporary.resolveSibling(file).toString();
        arguments.addAll(List.of("--ro-bind", own, "/etc/" + file));
      }
    }
  }

  private void devices(List<String> arguments) {
    if (!options.has(Measure.PRIVATE_DEVICES)) {
      arguments.addAll(List.of("--dev-bind", "/dev", "/dev"));
      return;
    }
    arguments.addAll(List.of("--dev", "/dev"));
    if (bubblewrap.supports("--size")) {
      arguments.addAll(List.of("--size", Long.toString(SHARED_MEMORY_BYTES)));
    }
    arguments.addAll(List.of("--tmpfs", "/dev/shm", "--remount-ro", "/dev"));
  }

  private void processes(List<String> arguments) {
    if (options.has(Measure.PID_NAMESPACE)) {
      arguments.addAll(List.of("--proc", "/proc"));
    } else {
      arguments.addAll(List.of("--bind", "/proc", "/proc"));
    }
    // bubblewrap leaves /proc/sys writable for whoever owns it, which is host root in a root's box
    flag(arguments, Measure.READ_ONLY_PROC, "--remount-ro", "/proc");
  }

  private void mounts(List<String> arguments) {
    Set<String> folders = new LinkedHashSet<>();
    spec.mounts().forEach(mount -> MountPoints.workspaceFolder(mount).ifPresent(folders::add));
    // one mount on the workspace's own folder: the box cannot rename or replace a mount point,
    // but it could swap any folder between the workspace and a deeper one
    folders.forEach(
        folder -> arguments.addAll(List.of("--tmpfs", WorkspacePath.ROOT + "/" + folder)));
    for (ReadOnlyMount mount : spec.mounts()) {
      arguments.addAll(List.of("--ro-bind", mount.host().toString(), mount.box()));
    }
    folders.forEach(
        folder -> arguments.addAll(List.of("--remount-ro", WorkspacePath.ROOT + "/" + folder)));
  }

  private void environment(List<String> arguments) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    environment.putAll(BoxEnvironment.of(spec));
    arguments.add("--clearenv");
    environment.forEach((name, value) -> arguments.addAll(List.of("--setenv", name, value)));
  }

  private static String readLink(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
