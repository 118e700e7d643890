package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.WorkspaceFiles;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceRemoval;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;

/** Workspaces that several sessions share, as seen from outside their boxes. */
final class SharedWorkspaces implements AutoCloseable {
  private static final int OPEN = 64;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,100}");

  private final Home home;
  private final LinkedHashMap<String, Workspace> open = new LinkedHashMap<>(16, 0.75f, true);

  SharedWorkspaces(Home home) {
    this.home = home;
  }

  /** Made when it is not there. */
  synchronized WorkspaceFiles files(String id) {
    requireId(id);
    Workspace known = open.get(id);
    if (known == null) {
      Path folder = home.workspace(id).resolve("workspace");
      try {
        Home.privateFolder(folder);
      } catch (IOException e) {
        throw NodeException.cannotUse(folder, e);
      }
      known = Workspace.open(folder, List.of());
      open.put(id, known);
      if (open.size() > OPEN) {
        open.pollFirstEntry().getValue().close();
      }
    }
    return known;
  }

  synchronized void delete(String id) {
    requireId(id);
    Workspace known = open.remove(id);
    if (known != null) {
      known.close();
    }
    WorkspaceRemoval.remove(home.workspace(id));
  }

  private static void requireId(String id) {
    if (!ID.matcher(id).matches()) {
      throw new NodeException(
          ErrorCode.INVALID_REQUEST, "\"%s\" is no workspace's id".formatted(id));
    }
  }

  @Override
  public synchronized void close() {
    open.values().forEach(Workspace::close);
    open.clear();
  }
}
