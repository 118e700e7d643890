package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Box;
import dev.paddock.sandbox.spi.Boxes;
import dev.paddock.sandbox.spi.Hits;
import dev.paddock.sandbox.spi.TerminalSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Boxes on this machine, held by bubblewrap. */
final class LocalBoxes implements Boxes {
  /**
   * Gives the program a session of its own, whose terminal it is. A Paddock in the background of a
   * script ignores interrupts, and so would all that it starts: Ctrl-C would do nothing.
   */
  private static final List<String> OWN_TERMINAL =
      List.of("/usr/bin/setsid", "--ctty", "--wait", "/usr/bin/env", "--default-signal");

  private final BoxLauncher launcher;
  private final Path folder;
  private final List<Path> mountPoints;
  private final Optional<SandboxNetwork> network;
  private final boolean background;
  private final AtomicLong started = new AtomicLong();

  /**
   * @param folder holds what the sandbox needs on the host; removed when it is closed
   * @param mountPoints folders that were made in the workspace
   * @param network what boxes share; without one each has its own
   * @param background whether the shell shares it
   */
  LocalBoxes(
      BoxLauncher launcher,
      Path folder,
      List<Path> mountPoints,
      Optional<SandboxNetwork> network,
      boolean background) {
    this.launcher = launcher;
    this.folder = folder;
    this.mountPoints = List.copyOf(mountPoints);
    this.network = network;
    this.background = background;
  }

  @Override
  public Box start(List<String> command, boolean input) {
    return start(new BoxStart(command, input, Optional.empty(), new BoxStart.Own()));
  }

  @Override
  public Box startShared(List<String> command, boolean input) {
    return start(new BoxStart(command, input, Optional.empty(), join()));
  }

  @Override
  public Box startShell(List<String> command) {
    return background ? startShared(command, true) : start(command, true);
  }

  @Override
  public Box startTerminal(List<String> command, TerminalSize size) {
    List<String> inSession = new ArrayList<>(OWN_TERMINAL);
    inSession.addAll(command);
    Terminal terminal = Terminal.open(size);
    try {
      return start(new BoxStart(inSession, true, Optional.of(terminal), join()));
    } catch (SandboxException e) {
      terminal.close();
      throw e;
    }
  }

  @Override
  public Box startRelay(int port, Duration wait) {
    PortRelay.nsenter();
    List<String> command =
        PortRelay.command(PortRelay.socat(), "FD:8!!FD:9,shut-close", port, wait);
    BoxStart.Network beside =
        network.flatMap(SandboxNetwork::beside).orElseThrow(() -> PortRelay.nothingListens(port));
    return start(new BoxStart(command, true, Optional.empty(), beside));
  }

  private BoxStart.Network join() {
    return network.<BoxStart.Network>map(SandboxNetwork::join).orElseGet(BoxStart.Own::new);
  }

  private Box start(BoxStart box) {
    Path status = folder.resolve("status-" + started.incrementAndGet());
    return LocalBox.start(launcher, box, status);
  }

  @Override
  public Hits hits() {
    return launcher.group().hits();
  }

  @Override
  public void close() {
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
