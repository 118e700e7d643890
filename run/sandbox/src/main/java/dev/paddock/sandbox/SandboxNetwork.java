package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.KilledBy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The network that the persistent shell and the started processes of a sandbox share. A bubblewrap
 * in which nothing of the agent's runs holds it, from the first box that needs it on; boxes enter
 * its user and network namespaces and make all others themselves. Where hosts may be reached, the
 * holder also keeps the bridge to the proxy.
 */
final class SandboxNetwork implements AutoCloseable {
  /** Says that the network is there, and ends with the process that holds its input. */
  static final String SCRIPT = "echo ready; exec >/dev/null; read -r end\n";

  private final BoxLauncher launcher;
  private final Path nsenter;
  private final Path view;
  private final Path bare;
  private final BoxStart holder;
  private final Path folder;
  private final AtomicLong started = new AtomicLong();
  private @Nullable LocalBox running;
  private boolean closed;

  private SandboxNetwork(
      BoxLauncher launcher, Path nsenter, Path view, Path bare, BoxStart holder, Path folder) {
    this.launcher = launcher;
    this.nsenter = nsenter;
    this.view = view;
    this.bare = bare;
    this.holder = holder;
    this.folder = folder;
  }

  /** Empty where boxes cannot enter a network: without nsenter, or for tests that leave it out. */
  static Optional<SandboxNetwork> of(BoxLauncher launcher, BoxArguments box, Path folder)
      throws IOException {
    LaunchOptions options = launcher.options();
    Optional<Path> nsenter = Machine.installed("nsenter");
    if (nsenter.isEmpty()
        || !options.prefix().isEmpty()
        || !options.has(Measure.NETWORK_NAMESPACE)) {
      return Optional.empty();
    }
    Path view = folder.resolve("arguments-shared");
    Files.write(view, BoxArguments.nulSeparated(box.list(false)));
    List<String> arguments =
        new ArrayList<>(
            List.of("--unshare-user", "--uid", "1000", "--gid", "1000", "--unshare-net"));
    arguments.addAll(List.of("--unshare-pid", "--unshare-ipc", "--unshare-uts"));
    arguments.addAll(List.of("--cap-drop", "ALL", "--die-with-parent"));
    BoxArguments.programs(arguments, "--ro-bind");
    List<String> command = List.of("/bin/sh", "-c", SCRIPT);
    if (launcher.bridge().isPresent()) {
      arguments.addAll(EgressBridge.holder(box.spec().egress().orElseThrow()));
      String socat = launcher.bridge().get().socat().toString();
      command = List.of("/bin/sh", "-c", EgressBridge.HOLDER_SCRIPT, "bridge", socat);
    } else {
      arguments.addAll(List.of("--dev-bind", "/dev/null", "/dev/null"));
    }
    arguments.addAll(List.of("--remount-ro", "/", "--chdir", "/"));
    Path held = folder.resolve("arguments-network");
    Files.write(held, BoxArguments.nulSeparated(arguments));
    BoxStart holder = new BoxStart(command, true, Optional.empty(), new BoxStart.Holder(held));
    Path bare = folder.resolve("arguments-relay");
    Files.write(bare, BoxArguments.nulSeparated(relay()));
    return Optional.of(new SandboxNetwork(launcher, nsenter.get(), view, bare, holder, folder));
  }

  /** The view of what connects to a port: programs, and the network that it is in. */
  private static List<String> relay() {
    List<String> arguments =
        new ArrayList<>(List.of("--unshare-user", "--uid", "1000", "--gid", "1000"));
    arguments.addAll(List.of("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--new-session"));
    arguments.addAll(List.of("--cap-drop", "ALL", "--die-with-parent"));
    BoxArguments.programs(arguments, "--ro-bind");
    arguments.addAll(List.of("--dev-bind", "/dev/null", "/dev/null", "--proc", "/proc"));
    arguments.addAll(List.of("--remount-ro", "/", "--chdir", "/"));
    return arguments;
  }

  /** The way into the network, which is made when it is not there. */
  synchronized BoxStart.Shared join() {
    LocalBox box = running;
    if (box == null || !box.alive()) {
      if (box != null) {
        box.end();
      }
      box = hold();
      running = box;
    }
    String first = box.firstProcess().orElseThrow(() -> BoxedSandbox.notStarted("no process id"));
    return new BoxStart.Shared(view, nsenter, Path.of("/proc", first, "ns"));
  }

  /** The way into the network with the view of a relay, if the network was ever needed. */
  synchronized Optional<BoxStart.Beside> beside() {
    LocalBox box = running;
    if (box == null || !box.alive()) {
      return Optional.empty();
    }
    return Optional.of(new BoxStart.Beside(join(), bare));
  }

  private LocalBox hold() {
    if (closed) {
      throw BoxedSandbox.notStarted("the sandbox is closed");
    }
    Path status = folder.resolve("network-" + started.incrementAndGet());
    LocalBox box = LocalBox.start(launcher, holder, status);
    try {
      String said =
          new BufferedReader(new InputStreamReader(box.stdout(), StandardCharsets.UTF_8))
              .readLine();
      if (!"ready".equals(said)) {
        throw BoxedSandbox.notStarted(
            new String(box.stderr().readAllBytes(), StandardCharsets.UTF_8).strip());
      }
      return box;
    } catch (IOException e) {
      box.kill(KilledBy.INTERRUPT);
      throw BoxedSandbox.notStarted(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    LocalBox box = running;
    if (box != null) {
      box.kill(KilledBy.INTERRUPT);
      box.end();
    }
  }
}
