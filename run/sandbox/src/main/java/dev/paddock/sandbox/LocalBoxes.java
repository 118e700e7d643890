package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Box;
import dev.paddock.sandbox.spi.Boxes;
import dev.paddock.sandbox.spi.Hits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Boxes on this machine, held by bubblewrap. */
final class LocalBoxes implements Boxes {
  private final BoxLauncher launcher;
  private final Path folder;
  private final List<Path> mountPoints;
  private final AtomicLong started = new AtomicLong();

  /**
   * @param folder holds what the sandbox needs on the host; removed when it is closed
   * @param mountPoints folders that were made in the workspace
   */
  LocalBoxes(BoxLauncher launcher, Path folder, List<Path> mountPoints) {
    this.launcher = launcher;
    this.folder = folder;
    this.mountPoints = List.copyOf(mountPoints);
  }

  @Override
  public Box start(List<String> command, boolean input) {
    Path status = folder.resolve("status-" + started.incrementAndGet());
    return LocalBox.start(launcher, command, status, input);
  }

  @Override
  public Hits hits() {
    return launcher.group().hits();
  }

  @Override
  public void close() {
    launcher.group().close();
    try {
      WorkspaceRemoval.remove(folder);
      MountPoints.remove(mountPoints);
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot remove " + folder, e);
    }
  }
}
