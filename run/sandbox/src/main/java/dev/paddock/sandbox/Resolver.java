package dev.paddock.sandbox;

/**
 * Opens a path beneath a directory handle. Whatever links, {@code ..} and renames the owner of the
 * folder makes meanwhile, what is opened lies beneath the handle, or the call fails with {@code
 * EXDEV}.
 */
interface Resolver {
  /**
   * @param path relative, raw bytes
   * @param flags of openat; {@code O_NOFOLLOW} spares the last name from following
   * @param followLinks false: a link anywhere in the path is {@code ELOOP}
   */
  Fd open(int folder, byte[] path, int flags, boolean followLinks) throws Errno;

  /**
   * The kernel's own resolution where it has one (Linux 5.6), else the walk by hand. The walk also
   * has the last word on a path that the kernel refused, since only it knows where the folder
   * stands in the box, and so that an absolute link into it stays inside.
   *
   * @param boxPath absolute path of the folder as the box sees it
   */
  static Resolver best(String boxPath) {
    Resolver walking = new WalkingResolver(boxPath);
    if (!KernelResolver.AVAILABLE) {
      return walking;
    }
    Resolver kernel = new KernelResolver();
    return (folder, path, flags, followLinks) -> {
      try {
        return kernel.open(folder, path, flags, followLinks);
      } catch (Errno e) {
        if (followLinks && e.is(Errno.EXDEV)) {
          return walking.open(folder, path, flags, true);
        }
        throw e;
      }
    };
  }
}
