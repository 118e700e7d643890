package dev.paddock.sandbox;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiPredicate;

/**
 * A folder opened once as a handle; everything is done beneath the handle, whatever becomes of the
 * folder's own path. Paths are relative, in the form of {@link PathText}; the empty path is the
 * folder itself.
 */
final class RootFolder implements AutoCloseable {
  /** Beside the file that is being written; what a crash left of one is told by it. */
  static final String UNFINISHED = ".paddock-unfinished-";

  private static final int MAX_LINKS = 40;

  private final Fd handle;
  private final Resolver resolver;
  private final byte[] boxPath;

  private RootFolder(Fd handle, Resolver resolver, String boxPath) {
    this.handle = handle;
    this.resolver = resolver;
    this.boxPath = boxPath.getBytes(StandardCharsets.UTF_8);
  }

  /** A folder beneath which no link will be followed. */
  static RootFolder open(Path path) throws Errno {
    return open(path, path.toAbsolutePath().toString());
  }

  /**
   * @param boxPath the folder's absolute path as its links mean it
   */
  static RootFolder open(Path path, String boxPath) throws Errno {
    return open(path, boxPath, Resolver.best(boxPath));
  }

  static RootFolder open(Path path, String boxPath, Resolver resolver) throws Errno {
    byte[] bytes = bytesOf(path.toAbsolutePath());
    Fd handle = new Fd(Posix.open(bytes, Posix.O_PATH | Posix.O_DIRECTORY));
    return new RootFolder(handle, resolver, boxPath);
  }

  static byte[] bytesOf(Path path) {
    return path.toString()
        .getBytes(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
  }

  /** Gives a file its content. */
  @FunctionalInterface
  interface Content {
    void writeTo(FileWriter file) throws IOException;
  }

  Fd open(String path, int flags, boolean followLinks) throws Errno {
    return open(PathText.decode(path), flags, followLinks);
  }

  private Fd open(byte[] path, int flags, boolean followLinks) throws Errno {
    try (Fd.Lease use = handle.lease()) {
      return resolver.open(use.number(), path, flags, followLinks);
    }
  }

  Stat stat(String path, boolean followLinks) throws Errno {
    int spare = followLinks ? 0 : Posix.O_NOFOLLOW;
    try (Fd found = open(path, Posix.O_PATH | spare, followLinks)) {
      return Posix.fstat(found.number());
    }
  }

  /**
   * A regular file's bytes; never waits for a pipe's writer.
   *
   * @throws NotAFile for a folder, pipe, socket or device
   */
  FileReader read(String path, boolean followLinks) throws IOException {
    int how = Posix.O_RDONLY | Posix.O_NONBLOCK | Posix.O_NOCTTY;
    Fd file;
    try {
      file = open(path, how, followLinks);
    } catch (Errno e) {
      throw e.is(Errno.ENXIO) ? new NotAFile(FileKind.SOCKET) : e;
    }
    try {
      Stat stat = Posix.fstat(file.number());
      requireFile(stat);
      return new FileReader(file, stat);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Every name in a folder and its kind, in the folder's order, until the visitor says false. */
  void list(String path, boolean followLinks, BiPredicate<String, FileKind> visitor) throws Errno {
    try (Fd folder = open(path, Posix.O_RDONLY | Posix.O_DIRECTORY, followLinks)) {
      Posix.list(
          folder.number(),
          (name, type) -> {
            Optional<FileKind> kind = FileKind.ofDirectoryEntry(type);
            if (kind.isEmpty()) {
              kind = lstat(folder.number(), name).map(Stat::kind);
            }
            return kind.isEmpty() || visitor.test(PathText.encode(name), kind.get());
          });
    }
  }

  /**
   * Writes a file whole and puts it in the place of what was there at once, creating missing
   * folders. A file that is replaced keeps its permissions.
   *
   * @param followLinks whether a link's target is written; false: the link itself is replaced
   */
  Stat replace(String path, boolean executable, boolean followLinks, Content content)
      throws IOException {
    try (Place place = placeOf(PathText.decode(path), followLinks)) {
      Optional<Stat> old = lstat(place.folder.number(), place.name);
      if (old.isPresent() && (old.get().kind() != FileKind.LINK || followLinks)) {
        requireFile(old.get());
      }
      byte[] unfinished =
          PathText.decode(
              UNFINISHED + Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36));
      int folder = place.folder.number();
      int flags = Posix.O_WRONLY | Posix.O_CREAT | Posix.O_EXCL | Posix.O_NOFOLLOW;
      try (Fd file = new Fd(Posix.openat(folder, unfinished, flags, executable ? 0777 : 0666))) {
        content.writeTo(new FileWriter(file));
        if (old.isPresent() && old.get().kind() == FileKind.FILE) {
          Posix.fchmod(file.number(), old.get().mode() & 0777);
        }
        Posix.renameat(folder, unfinished, folder, place.name);
        return Posix.fstat(file.number());
      } catch (IOException | RuntimeException e) {
        removeUnfinished(folder, unfinished, e);
        throw e;
      }
    }
  }

  private static void removeUnfinished(int folder, byte[] name, Exception cause) {
    try {
      Posix.unlinkat(folder, name, false);
    } catch (Errno e) {
      if (!e.is(Errno.ENOENT)) {
        cause.addSuppressed(e);
      }
    }
  }

  /** Removes a name, whose way may lead through links that stay inside. */
  void remove(String path, boolean isFolder) throws Errno {
    byte[] bytes = PathText.decode(path);
    int slash = lastSlash(bytes);
    byte[] parent = slash < 0 ? new byte[0] : Arrays.copyOf(bytes, slash);
    try (Fd folder = open(parent, Posix.O_PATH | Posix.O_DIRECTORY, true)) {
      Posix.unlinkat(folder.number(), Arrays.copyOfRange(bytes, slash + 1, bytes.length), isFolder);
    }
  }

  /** Moves a folder of this machine to a path, in the place of nothing or an empty folder. */
  void moveIn(Path host, String path) throws IOException {
    Path above = host.toAbsolutePath().getParent();
    Path name = host.getFileName();
    if (above == null || name == null) {
      throw new IllegalArgumentException("the root folder cannot be moved");
    }
    try (RootFolder from = open(above, "/", Resolver.best("/"));
        Fd folder = from.open("", Posix.O_PATH | Posix.O_DIRECTORY, false);
        Place place = placeOf(PathText.decode(path), false)) {
      Posix.renameat(folder.number(), bytesOf(name), place.folder.number(), place.name);
    }
  }

  /** Moves what lies in another folder of the same file system, not following any link. */
  void moveFrom(RootFolder other, String from, String to) throws IOException {
    try (Place old = other.placeOf(PathText.decode(from), false);
        Place place = placeOf(PathText.decode(to), false)) {
      Posix.renameat(old.folder.number(), old.name, place.folder.number(), place.name);
    }
  }

  /** Gives a file or folder, not a link, its permissions. */
  void setMode(String path, int mode) throws Errno {
    int how = Posix.O_RDONLY | Posix.O_NONBLOCK | Posix.O_NOCTTY;
    try (Fd found = open(path, how, false)) {
      Posix.fchmod(found.number(), mode);
    }
  }

  /** Creates the folder and its missing parents. */
  void createFolders(String path) throws IOException {
    folders(PathText.decode(path), true).close();
  }

  @Override
  public void close() throws Errno {
    handle.close();
  }

  /** A name in an open folder. */
  @SuppressWarnings("ArrayRecordComponent") // names are raw bytes and never compared
  private record Place(Fd folder, byte[] name) implements AutoCloseable {
    @Override
    public void close() throws Errno {
      folder.close();
    }
  }

  private Place placeOf(byte[] path, boolean followLinks) throws IOException {
    byte[] at = path;
    for (int links = 0; links < MAX_LINKS; links++) {
      int slash = lastSlash(at);
      byte[] name = Arrays.copyOfRange(at, slash + 1, at.length);
      if (name.length == 0 || Arrays.equals(name, dots(1)) || Arrays.equals(name, dots(2))) {
        throw new NotAFile(FileKind.FOLDER);
      }
      byte[] parent = slash < 0 ? new byte[0] : Arrays.copyOf(at, slash);
      Fd folder = folders(parent, followLinks);
      Optional<byte[]> target = followLinks ? linkTarget(folder, name) : Optional.empty();
      if (target.isEmpty()) {
        return new Place(folder, name);
      }
      folder.close();
      at = join(parent, target.get());
    }
    throw new Errno("open", Errno.ELOOP);
  }

  private static Optional<byte[]> linkTarget(Fd folder, byte[] name) throws IOException {
    try {
      return Optional.of(Posix.readlinkat(folder.number(), name));
    } catch (Errno e) {
      if (e.is(Errno.EINVAL, Errno.ENOENT)) {
        return Optional.empty();
      }
      folder.close();
      throw e;
    }
  }

  /** The path of a link's target, itself unresolved: what opens it goes through the resolver. */
  private byte[] join(byte[] parent, byte[] target) throws Errno {
    if (target.length > 0 && target[0] == '/') {
      return WalkingResolver.insideBox(boxPath, target);
    }
    byte[] out = Arrays.copyOf(parent, parent.length + 1 + target.length);
    out[parent.length] = '/';
    System.arraycopy(target, 0, out, parent.length + 1, target.length);
    return parent.length == 0 ? target : out;
  }

  private Fd folders(byte[] path, boolean followLinks) throws Errno {
    int how = Posix.O_PATH | Posix.O_DIRECTORY;
    try {
      return open(path, how, followLinks);
    } catch (Errno e) {
      if (!e.is(Errno.ENOENT) || path.length == 0) {
        throw e;
      }
    }
    int slash = lastSlash(path);
    byte[] parent = slash < 0 ? new byte[0] : Arrays.copyOf(path, slash);
    byte[] name = Arrays.copyOfRange(path, slash + 1, path.length);
    try (Fd above = folders(parent, followLinks)) {
      makeFolder(above, name);
      return resolver.open(above.number(), name, how, false);
    }
  }

  private static void makeFolder(Fd above, byte[] name) throws Errno {
    try {
      Posix.mkdirat(above.number(), name, 0777);
    } catch (Errno e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
    }
  }

  static Optional<Stat> lstat(int folder, byte[] name) throws Errno {
    try {
      return Optional.of(Posix.lstat(folder, name));
    } catch (Errno e) {
      if (e.is(Errno.ENOENT)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static void requireFile(Stat stat) throws NotAFile {
    if (stat.kind() != FileKind.FILE) {
      throw new NotAFile(stat.kind());
    }
  }

  private static byte[] dots(int count) {
    byte[] out = new byte[count];
    Arrays.fill(out, (byte) '.');
    return out;
  }

  private static int lastSlash(byte[] path) {
    for (int i = path.length - 1; i >= 0; i--) {
      if (path[i] == '/') {
        return i;
      }
    }
    return -1;
  }
}
