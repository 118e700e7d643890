package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.ProcessFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * This process's own folder for what its boxes need, and a note of their control groups, which end
 * with it.
 */
final class RunFolder {
  private static final String PREFIX = "run-";
  private static final String CONTROL_GROUPS = "control-groups";

  private final ProcessFolder folder;

  private RunFolder(ProcessFolder folder) {
    this.folder = folder;
  }

  static RunFolder create(Path base) {
    try {
      Files.createDirectories(base);
      return new RunFolder(ProcessFolder.create(base, PREFIX, RunFolder::end));
    } catch (IOException e) {
      throw new SandboxException(
          ErrorCode.UNAVAILABLE, "cannot make a folder for sandboxes in " + base, e);
    }
  }

  /** Ends and removes what dead processes left, and says of how many. */
  static int sweep(Path base) {
    return sweep(base, PREFIX, RunFolder::end);
  }

  static int sweep(Path base, String prefix, ProcessFolder.Removal removal) {
    if (!Files.isDirectory(base, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    try {
      return ProcessFolder.sweep(base, prefix, removal);
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot clean up in " + base, e);
    }
  }

  Path path() {
    return folder.path();
  }

  /** A word that no other run folder has. */
  String name() {
    return path().getFileName().toString();
  }

  /** Notes a control group before it is made, so that it can be removed after a crash. */
  void note(List<Path> controlGroups) {
    StringBuilder lines = new StringBuilder();
    controlGroups.forEach(folder -> lines.append(folder).append('\n'));
    try {
      Files.writeString(
          path().resolve(CONTROL_GROUPS),
          lines,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot write to " + path(), e);
    }
  }

  void remove() {
    try {
      folder.remove();
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot remove " + path(), e);
    }
  }

  private static void end(Path folder) throws IOException {
    Path noted = folder.resolve(CONTROL_GROUPS);
    if (Files.exists(noted)) {
      Files.readAllLines(noted).stream().map(Path::of).forEach(CgroupFolders::remove);
    }
    WorkspaceRemoval.remove(folder);
  }
}
