package dev.paddock.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Resolution name by name: no call follows a link or takes a {@code ..}. A link is read and its
 * target walked the same way; {@code ..} goes back to the handle that was open before, so a folder
 * that is moved meanwhile cannot lead out.
 */
final class WalkingResolver implements Resolver {
  private static final int MAX_LINKS = 40;
  private static final int RACES = 128;

  private final byte[] boxPath;

  WalkingResolver(String boxPath) {
    this.boxPath = boxPath.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Fd open(int folder, byte[] path, int flags, boolean followLinks) throws Errno {
    try (Walk walk = new Walk(folder, followLinks)) {
      walk.push(path);
      return walk.open(flags);
    }
  }

  private final class Walk implements AutoCloseable {
    private final int root;
    private final boolean followLinks;
    private final Deque<byte[]> names = new ArrayDeque<>();
    private final Deque<Fd> folders = new ArrayDeque<>();
    private int links;
    private int races;

    Walk(int root, boolean followLinks) {
      this.root = root;
      this.followLinks = followLinks;
    }

    Fd open(int flags) throws Errno {
      while (!names.isEmpty()) {
        byte[] name = names.pop();
        if (is(name, "..")) {
          Fd left = folders.poll();
          if (left == null) {
            throw new Errno("open", Errno.EXDEV);
          }
          left.close();
          continue;
        }
        boolean last = names.isEmpty();
        boolean spared = last && (flags & Posix.O_NOFOLLOW) != 0;
        if (!spared && (followLinks || last) && follow(name)) {
          continue;
        }
        int how =
            last ? flags | Posix.O_NOFOLLOW : Posix.O_PATH | Posix.O_DIRECTORY | Posix.O_NOFOLLOW;
        Fd next = openName(name, how, spared);
        if (next == null) {
          names.push(name);
        } else if (last) {
          return next;
        } else {
          folders.push(next);
        }
      }
      return new Fd(Posix.openat(current(), new byte[] {'.'}, flags, 0));
    }

    /** Null where the name became a link after it was looked at. */
    private @Nullable Fd openName(byte[] name, int flags, boolean spared) throws Errno {
      try {
        return new Fd(Posix.openat(current(), name, flags, 0));
      } catch (Errno e) {
        if (!spared && changed(name, e) && ++races <= RACES) {
          return null;
        }
        throw e;
      }
    }

    /** Replaces a link by the names of its target; false where the name is no link. */
    private boolean follow(byte[] name) throws Errno {
      byte[] target;
      try {
        target = Posix.readlinkat(current(), name);
      } catch (Errno e) {
        if (e.is(Errno.EINVAL, Errno.ENOENT)) {
          return false;
        }
        throw e;
      }
      if (!followLinks || ++links > MAX_LINKS) {
        throw new Errno("open", Errno.ELOOP);
      }
      if (target.length > 0 && target[0] == '/') {
        target = insideBox(boxPath, target);
        closeFolders();
      }
      push(target);
      return true;
    }

    /** Whether the name is something else by now than when it was looked at. */
    private boolean changed(byte[] name, Errno e) throws Errno {
      if (!e.is(Errno.ELOOP, Errno.ENOTDIR)) {
        return false;
      }
      FileKind kind = Posix.lstat(current(), name).kind();
      return kind == FileKind.LINK || kind == FileKind.FOLDER;
    }

    private int current() {
      Fd top = folders.peek();
      return top == null ? root : top.number();
    }

    private void push(byte[] path) throws Errno {
      Deque<byte[]> parts = new ArrayDeque<>();
      int start = 0;
      for (int i = 0; i <= path.length; i++) {
        if (i == path.length || path[i] == '/') {
          byte[] name = Arrays.copyOfRange(path, start, i);
          if (name.length > 0 && !is(name, ".")) {
            parts.push(name);
          }
          start = i + 1;
        }
      }
      parts.forEach(names::push);
      if (names.size() > PathText.MAX_BYTES) {
        throw new Errno("open", Errno.ENAMETOOLONG);
      }
    }

    private void closeFolders() throws Errno {
      while (!folders.isEmpty()) {
        folders.pop().close();
      }
    }

    @Override
    public void close() throws Errno {
      closeFolders();
    }
  }

  /** An absolute link's target relative to the folder. */
  static byte[] insideBox(byte[] boxPath, byte[] target) throws Errno {
    int length = boxPath.length;
    boolean inside =
        target.length >= length
            && Arrays.equals(target, 0, length, boxPath, 0, length)
            && (target.length == length || target[length] == '/');
    if (!inside) {
      throw new Errno("open", Errno.EXDEV);
    }
    return Arrays.copyOfRange(target, length, target.length);
  }

  private static boolean is(byte[] name, String text) {
    return Arrays.equals(name, text.getBytes(StandardCharsets.US_ASCII));
  }
}
