package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes a tree of files beneath an empty folder. Nothing is written through a link, nothing that is
 * there is replaced, and a hard link leads only to a file that was made here.
 */
final class TreeWriter implements TreeSink, AutoCloseable {
  private static final int CHUNK = 64 << 10;
  private static final int FOLDER = Posix.O_PATH | Posix.O_DIRECTORY;

  private final RootFolder root;
  private final List<TreeEntry> folders = new ArrayList<>();
  private final Set<String> implied = new HashSet<>();
  private final Set<String> files = new HashSet<>();
  private String openPath = "";
  private Fd open;

  TreeWriter(RootFolder root) throws Errno {
    this.root = root;
    this.open = root.open("", FOLDER, false);
  }

  @Override
  public void put(TreeEntry entry, InputStream content) throws IOException {
    try {
      int folder = folder(TreeEntry.parent(entry.path()));
      byte[] name = TreeEntry.name(entry.path());
      switch (entry.kind()) {
        case FILE -> file(folder, name, entry, content);
        case FOLDER -> makeFolder(folder, name, entry);
        case LINK -> {
          Posix.symlinkat(PathText.decode(entry.target().orElseThrow()), folder, name);
          Posix.setModified(folder, name, entry.modified());
        }
        case HARD_LINK -> hardLink(folder, name, entry);
      }
    } catch (Errno e) {
      throw refused(entry, e);
    }
  }

  private static IOException refused(TreeEntry entry, Errno e) {
    if (e.is(Errno.EEXIST)) {
      throw hostile(entry.path() + " occurs twice");
    }
    if (e.is(Errno.ELOOP, Errno.ENOTDIR, Errno.EXDEV)) {
      throw hostile(
          "the way to %s leads through something else than folders".formatted(entry.path()));
    }
    throw Failure.of(entry.path(), e);
  }

  private void file(int folder, byte[] name, TreeEntry entry, InputStream content)
      throws IOException {
    int how = Posix.O_WRONLY | Posix.O_CREAT | Posix.O_EXCL | Posix.O_NOFOLLOW;
    try (Fd file = new Fd(Posix.openat(folder, name, how, 0600))) {
      byte[] buffer = new byte[Math.clamp(entry.size(), 1, CHUNK)];
      FileWriter to = new FileWriter(file);
      long left = entry.size();
      while (left > 0) {
        int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (count < 0) {
          throw hostile("%s ends %,d bytes too early".formatted(entry.path(), left));
        }
        to.write(buffer, count);
        left -= count;
      }
      Posix.fchmod(file.number(), entry.mode());
      to.setModified(entry.modified());
    }
    files.add(entry.path());
  }

  private void makeFolder(int folder, byte[] name, TreeEntry entry) throws Errno {
    if (!implied.remove(entry.path())) {
      Posix.mkdirat(folder, name, 0700);
    }
    folders.add(entry);
  }

  private void hardLink(int folder, byte[] name, TreeEntry entry) throws Errno {
    String target = entry.target().orElseThrow();
    if (!files.contains(target)) {
      throw hostile(
          "%s is a hard link to %s, which is no file before it".formatted(entry.path(), target));
    }
    try (Fd from = root.open(TreeEntry.parent(target), FOLDER, false)) {
      Posix.linkat(from.number(), TreeEntry.name(target), folder, name);
    }
  }

  /** The handle of a folder, which is made where an archive left it out. */
  private int folder(String path) throws Errno {
    if (!path.equals(openPath)) {
      Fd next = openOrMake(path);
      open.close();
      open = next;
      openPath = path;
    }
    return open.number();
  }

  private Fd openOrMake(String path) throws Errno {
    try {
      return root.open(path, FOLDER, false);
    } catch (Errno e) {
      if (!e.is(Errno.ENOENT) || path.isEmpty()) {
        throw e;
      }
    }
    try (Fd above = openOrMake(TreeEntry.parent(path))) {
      Posix.mkdirat(above.number(), TreeEntry.name(path), 0755);
    }
    implied.add(path);
    return root.open(path, FOLDER, false);
  }

  /** Gives folders their modes and times, the deepest first, which nothing changes any more. */
  void finish() throws IOException {
    folders.sort(Comparator.comparingInt(folder -> -TreeBudget.depth(folder.path())));
    for (TreeEntry entry : folders) {
      try (Fd folder = root.open(entry.path(), Posix.O_RDONLY | Posix.O_DIRECTORY, false)) {
        Posix.fchmod(folder.number(), entry.mode());
        Posix.setModified(folder.number(), entry.modified());
      }
    }
  }

  static SandboxException hostile(String what) {
    return new SandboxException(ErrorCode.INVALID_REQUEST, "the archive was refused: " + what);
  }

  @Override
  public void close() throws Errno {
    open.close();
  }

  /**
   * Whether a link leads to somewhere in the tree: relative, up only at its start, and not above
   * the top. As no entry lies beyond a link, what other links do cannot change that.
   */
  static boolean staysInside(TreeEntry link) {
    String target = link.target().orElseThrow();
    int room = TreeBudget.depth(link.path()) - 1;
    boolean down = false;
    for (String name : target.split("/", -1)) {
      if (name.equals("..")) {
        room--;
        if (down || room < 0) {
          return false;
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        down = true;
      }
    }
    return !target.isEmpty() && !target.startsWith("/");
  }
}
