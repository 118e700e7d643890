package dev.paddock.sandbox;

import java.io.IOException;
import java.nio.file.Path;

/** Checks a path, then opens it: what one would write without beneath-resolution, and its race. */
final class NaiveResolver implements Resolver {
  private final Path root;

  NaiveResolver(Path root) throws IOException {
    this.root = root.toRealPath();
  }

  @Override
  public Fd open(int folder, byte[] path, int flags, boolean followLinks) throws Errno {
    Path asked = root.resolve(PathText.encode(path));
    try {
      if (!asked.toRealPath().startsWith(root)) {
        throw new Errno("open", Errno.EXDEV);
      }
    } catch (Errno e) {
      throw e;
    } catch (IOException e) {
      throw new Errno("open", Errno.ENOENT);
    }
    return new Fd(Posix.open(RootFolder.bytesOf(asked), flags));
  }
}
