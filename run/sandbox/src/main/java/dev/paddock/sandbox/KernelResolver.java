package dev.paddock.sandbox;

/** Resolution by {@code openat2(RESOLVE_BENEATH)}: one system call, atomic against renames. */
final class KernelResolver implements Resolver {
  static final boolean AVAILABLE = available();

  private static final int RACES = 128;

  @Override
  public Fd open(int folder, byte[] path, int flags, boolean followLinks) throws Errno {
    long resolve = Posix.RESOLVE_BENEATH | Posix.RESOLVE_NO_MAGICLINKS;
    if (!followLinks) {
      resolve |= Posix.RESOLVE_NO_SYMLINKS;
    }
    byte[] name = path.length == 0 ? new byte[] {'.'} : path;
    for (int attempt = 1; ; attempt++) {
      try {
        return new Fd(Posix.openat2(folder, name, flags, resolve));
      } catch (Errno e) {
        // EAGAIN: a rename crossed a ".." on the way and the kernel cannot tell where it led.
        if (!e.is(Errno.EAGAIN) || attempt == RACES) {
          throw e;
        }
      }
    }
  }

  private static boolean available() {
    try (Fd root = new Fd(Posix.open(new byte[] {'/'}, Posix.O_PATH | Posix.O_DIRECTORY))) {
      new KernelResolver().open(root.number(), new byte[0], Posix.O_PATH, true).close();
      return true;
    } catch (Errno e) {
      // ENOSYS before Linux 5.6, EPERM where a container's seccomp filter predates the call.
      return false;
    }
  }
}
