package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.WorkspaceFiles;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceRemoval;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Workspaces that several sessions share, as seen from outside their boxes. */
final class SharedWorkspaces implements AutoCloseable {
  private static final int OPEN = 64;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,100}");

  private final Home home;
  private final LinkedHashMap<String, Opened> open = new LinkedHashMap<>(16, 0.75f, true);

  /** An open workspace, which is closed when it is both forgotten and out of use. */
  private static final class Opened {
    private final Workspace workspace;
    private int users;
    private boolean forgotten;

    Opened(Workspace workspace) {
      this.workspace = workspace;
    }

    void closeIfUnused() {
      if (forgotten && users == 0) {
        workspace.close();
      }
    }
  }

  SharedWorkspaces(Home home) {
    this.home = home;
  }

  /** Made when it is not there. What is returned stays of use however many others are opened. */
  WorkspaceFiles files(String id) {
    requireId(id);
    release(take(id));
    return new SharedFiles(this, id);
  }

  private synchronized Opened take(String id) {
    Opened known = open.get(id);
    if (known == null) {
      Path folder = home.workspace(id).resolve("workspace");
      try {
        Home.privateFolder(folder);
      } catch (IOException e) {
        throw NodeException.cannotUse(folder, e);
      }
      known = new Opened(Workspace.open(folder, List.of()));
      open.put(id, known);
      if (open.size() > OPEN) {
        forget(open.pollFirstEntry().getValue());
      }
    }
    known.users++;
    return known;
  }

  private synchronized void release(Opened taken) {
    taken.users--;
    taken.closeIfUnused();
  }

  private static void forget(Opened known) {
    known.forgotten = true;
    known.closeIfUnused();
  }

  synchronized void delete(String id) {
    requireId(id);
    Opened known = open.remove(id);
    if (known != null) {
      forget(known);
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
    open.values().forEach(SharedWorkspaces::forget);
    open.clear();
  }

  /** What is done to an open workspace. */
  @FunctionalInterface
  private interface Use<T, E extends Exception> {
    T with(Workspace workspace) throws E;
  }

  private record SharedFiles(SharedWorkspaces shared, String id) implements WorkspaceFiles {
    private <T, E extends Exception> T use(Use<T, E> use) throws E {
      Opened taken = shared.take(id);
      try {
        return use.with(taken.workspace);
      } finally {
        shared.release(taken);
      }
    }

    @Override
    public List<String> glob(String pattern) {
      return use(workspace -> workspace.glob(pattern));
    }

    @Override
    public byte[] read(String path, long maxBytes) {
      return use(workspace -> workspace.read(path, maxBytes));
    }

    @Override
    public void write(String path, byte[] bytes) {
      use(
          workspace -> {
            workspace.write(path, bytes);
            return workspace;
          });
    }

    @Override
    public void write(String path, InputStream content) {
      use(
          workspace -> {
            workspace.write(path, content);
            return workspace;
          });
    }

    @Override
    public InputStream open(String path) throws IOException {
      return use(workspace -> workspace.open(path));
    }

    @Override
    public Optional<Entry> entry(String path) {
      return use(workspace -> workspace.entry(path));
    }

    @Override
    public List<Entry> list(String folder, boolean deep) {
      return use(workspace -> workspace.list(folder, deep));
    }
  }
}
