package dev.paddock.sandbox;

import static dev.paddock.sandbox.SystemCalls.function;
import static dev.paddock.sandbox.SystemCalls.invoke;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * The Linux system calls for file work beneath a directory handle, by their own names; Java offers
 * none of them. Layouts are those of 64-bit Linux, the same on x86-64 and AArch64.
 */
final class Posix {
  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0x40;
  static final int O_EXCL = 0x80;
  static final int O_NOCTTY = 0x100;
  static final int O_NONBLOCK = 0x800;
  static final int O_DIRECTORY;
  static final int O_NOFOLLOW;
  static final int O_CLOEXEC = 0x80000;
  static final int O_PATH = 0x200000;

  static final long RESOLVE_NO_MAGICLINKS = 2;
  static final long RESOLVE_NO_SYMLINKS = 4;
  static final long RESOLVE_BENEATH = 8;

  private static final long SYS_OPENAT2 = 437;
  private static final long SYS_GETDENTS64;
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final long UTIME_OMIT = 0x3ffffffe;
  private static final int RENAME_EXCHANGE = 2;
  private static final long MAX_SECONDS = 9_000_000_000L;
  private static final int STATX_BYTES = 256;
  private static final int PATH_BYTES = 4096;

  private static final MethodHandle OPENAT =
      function("openat", JAVA_INT, 2, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle OPENAT2 =
      function("syscall", JAVA_LONG, 1, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle GETDENTS64 =
      function("syscall", JAVA_LONG, 1, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle STATX =
      function("statx", JAVA_INT, -1, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle READ =
      function("read", JAVA_LONG, -1, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle WRITE =
      function("write", JAVA_LONG, -1, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle CLOSE = function("close", JAVA_INT, -1, JAVA_INT);
  private static final MethodHandle FCHMOD = function("fchmod", JAVA_INT, -1, JAVA_INT, JAVA_INT);
  private static final MethodHandle CHMOD = function("chmod", JAVA_INT, -1, ADDRESS, JAVA_INT);
  private static final MethodHandle MKDIRAT =
      function("mkdirat", JAVA_INT, -1, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle UNLINKAT =
      function("unlinkat", JAVA_INT, -1, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle RENAMEAT =
      function("renameat", JAVA_INT, -1, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle READLINKAT =
      function("readlinkat", JAVA_LONG, -1, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle FUTIMENS =
      function("futimens", JAVA_INT, -1, JAVA_INT, ADDRESS);
  private static final MethodHandle UTIMENSAT =
      function("utimensat", JAVA_INT, -1, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
  private static final MethodHandle SYMLINKAT =
      function("symlinkat", JAVA_INT, -1, ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle LINKAT =
      function("linkat", JAVA_INT, -1, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle RENAMEAT2 =
      function("renameat2", JAVA_INT, -1, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);

  static {
    String arch = System.getProperty("os.arch");
    switch (arch) {
      case "amd64" -> {
        O_DIRECTORY = 0x10000;
        O_NOFOLLOW = 0x20000;
        SYS_GETDENTS64 = 217;
      }
      case "aarch64" -> {
        O_DIRECTORY = 0x4000;
        O_NOFOLLOW = 0x8000;
        SYS_GETDENTS64 = 61;
      }
      default -> throw SystemCalls.missing("no support for the processor \"%s\"".formatted(arch));
    }
  }

  private Posix() {}

  /** Sees one name of a folder and its {@code d_type}; false ends the listing. */
  @FunctionalInterface
  interface NameVisitor {
    boolean visit(byte[] name, int type) throws Errno;
  }

  /** Opens a path that the host itself chose; every other one is opened beneath a handle. */
  static int open(byte[] path, int flags) throws Errno {
    return openat(AT_FDCWD, path, flags, 0);
  }

  static int openat(int folder, byte[] path, int flags, int mode) throws Errno {
    return (int)
        invoke(
            "openat",
            (state, arena) ->
                (int)
                    OPENAT.invokeExact(state, folder, text(arena, path), flags | O_CLOEXEC, mode));
  }

  static int openat2(int folder, byte[] path, int flags, long resolve) throws Errno {
    return (int)
        invoke(
            "openat2",
            (state, arena) -> {
              MemorySegment how = arena.allocate(24, 8);
              how.set(JAVA_LONG, 0, flags | O_CLOEXEC);
              how.set(JAVA_LONG, 16, resolve);
              return (long)
                  OPENAT2.invokeExact(
                      state, SYS_OPENAT2, folder, text(arena, path), how, how.byteSize());
            });
  }

  static void close(int fd) throws Errno {
    invoke("close", (state, arena) -> (int) CLOSE.invokeExact(state, fd));
  }

  static Stat fstat(int fd) throws Errno {
    return statx(fd, new byte[0], AT_EMPTY_PATH);
  }

  /** Of a name itself, not of what a link points to. */
  static Stat lstat(int folder, byte[] name) throws Errno {
    return statx(folder, name, AT_SYMLINK_NOFOLLOW);
  }

  private static Stat statx(int folder, byte[] path, int flags) throws Errno {
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment out = memory.allocate(STATX_BYTES, 8);
      invoke(
          "statx",
          (state, arena) ->
              (int)
                  STATX.invokeExact(
                      state, folder, text(arena, path), flags, STATX_BASIC_STATS, out));
      return new Stat(
          Short.toUnsignedInt(out.get(JAVA_SHORT, 28)),
          out.get(JAVA_LONG, 40),
          512 * Math.clamp(out.get(JAVA_LONG, 48), 0, Long.MAX_VALUE >> 10),
          out.get(JAVA_LONG, 32),
          nanos(out, 112),
          nanos(out, 96));
    }
  }

  private static long nanos(MemorySegment statx, long offset) {
    long seconds = Math.clamp(statx.get(JAVA_LONG, offset), -MAX_SECONDS, MAX_SECONDS);
    return seconds * 1_000_000_000L + statx.get(JAVA_INT, offset + 8);
  }

  /** Fills the buffer as far as it can in one call; 0 at the end of the file. */
  static int read(int fd, byte[] buffer, int offset, int length) throws Errno {
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment in = memory.allocate(length);
      int count =
          (int)
              invoke(
                  "read", (state, arena) -> (long) READ.invokeExact(state, fd, in, (long) length));
      MemorySegment.copy(in, JAVA_BYTE, 0, buffer, offset, count);
      return count;
    }
  }

  static void write(int fd, byte[] bytes, int offset, int length) throws Errno {
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment out = memory.allocate(length);
      MemorySegment.copy(bytes, offset, out, JAVA_BYTE, 0, length);
      long done = 0;
      while (done < length) {
        MemorySegment rest = out.asSlice(done);
        done +=
            invoke(
                "write",
                (state, arena) -> (long) WRITE.invokeExact(state, fd, rest, rest.byteSize()));
      }
    }
  }

  static void fchmod(int fd, int mode) throws Errno {
    invoke("fchmod", (state, arena) -> (int) FCHMOD.invokeExact(state, fd, mode));
  }

  /** Of a handle that was opened with {@code O_PATH}, which fchmod does not take. */
  static void chmodByHandle(int fd, int mode) throws Errno {
    byte[] path = ("/proc/self/fd/" + fd).getBytes(StandardCharsets.US_ASCII);
    invoke("chmod", (state, arena) -> (int) CHMOD.invokeExact(state, text(arena, path), mode));
  }

  static void mkdirat(int folder, byte[] name, int mode) throws Errno {
    invoke(
        "mkdirat",
        (state, arena) -> (int) MKDIRAT.invokeExact(state, folder, text(arena, name), mode));
  }

  static void unlinkat(int folder, byte[] name, boolean isFolder) throws Errno {
    int flags = isFolder ? AT_REMOVEDIR : 0;
    invoke(
        "unlinkat",
        (state, arena) -> (int) UNLINKAT.invokeExact(state, folder, text(arena, name), flags));
  }

  static void renameat(int from, byte[] name, int to, byte[] newName) throws Errno {
    invoke(
        "renameat",
        (state, arena) ->
            (int) RENAMEAT.invokeExact(state, from, text(arena, name), to, text(arena, newName)));
  }

  /** Two names of one file system change places, both at once. */
  static void exchange(int folder, byte[] name, int other, byte[] otherName) throws Errno {
    invoke(
        "renameat2",
        (state, arena) ->
            (int)
                RENAMEAT2.invokeExact(
                    state,
                    folder,
                    text(arena, name),
                    other,
                    text(arena, otherName),
                    RENAME_EXCHANGE));
  }

  static void symlinkat(byte[] target, int folder, byte[] name) throws Errno {
    invoke(
        "symlinkat",
        (state, arena) ->
            (int) SYMLINKAT.invokeExact(state, text(arena, target), folder, text(arena, name)));
  }

  /** A second name of a file; a link is not followed. */
  static void linkat(int from, byte[] name, int folder, byte[] newName) throws Errno {
    invoke(
        "linkat",
        (state, arena) ->
            (int)
                LINKAT.invokeExact(
                    state, from, text(arena, name), folder, text(arena, newName), 0));
  }

  static byte[] readlinkat(int folder, byte[] name) throws Errno {
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment out = memory.allocate(PATH_BYTES);
      long count =
          invoke(
              "readlinkat",
              (state, arena) ->
                  (long)
                      READLINKAT.invokeExact(
                          state, folder, text(arena, name), out, out.byteSize()));
      return out.asSlice(0, count).toArray(JAVA_BYTE);
    }
  }

  static void setModified(int fd, long nanos) throws Errno {
    invoke(
        "futimens",
        (state, arena) -> (int) FUTIMENS.invokeExact(state, fd, modified(arena, nanos)));
  }

  /** Of a name itself, not of what a link points to. */
  static void setModified(int folder, byte[] name, long nanos) throws Errno {
    invoke(
        "utimensat",
        (state, arena) ->
            (int)
                UTIMENSAT.invokeExact(
                    state, folder, text(arena, name), modified(arena, nanos), AT_SYMLINK_NOFOLLOW));
  }

  private static MemorySegment modified(Arena arena, long nanos) {
    MemorySegment times = arena.allocate(32, 8);
    times.set(JAVA_LONG, 8, UTIME_OMIT);
    times.set(JAVA_LONG, 16, Math.floorDiv(nanos, 1_000_000_000L));
    times.set(JAVA_LONG, 24, Math.floorMod(nanos, 1_000_000_000L));
    return times;
  }

  /** Every name in an open folder, with its {@code d_type}, until the visitor says false. */
  static void list(int fd, NameVisitor visitor) throws Errno {
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment buffer = memory.allocate(32 << 10, 8);
      while (true) {
        long count =
            invoke(
                "getdents64",
                (state, arena) ->
                    (long)
                        GETDENTS64.invokeExact(
                            state, SYS_GETDENTS64, fd, buffer, buffer.byteSize()));
        if (count == 0) {
          return;
        }
        long at = 0;
        while (at < count) {
          int length = Short.toUnsignedInt(buffer.get(JAVA_SHORT, at + 16));
          int type = buffer.get(JAVA_BYTE, at + 18);
          byte[] name = nameIn(buffer.asSlice(at + 19, length - 19L));
          if (!isDots(name) && !visitor.visit(name, type)) {
            return;
          }
          at += length;
        }
      }
    }
  }

  private static byte[] nameIn(MemorySegment record) {
    long end = 0;
    while (record.get(JAVA_BYTE, end) != 0) {
      end++;
    }
    return record.asSlice(0, end).toArray(JAVA_BYTE);
  }

  private static boolean isDots(byte[] name) {
    return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
  }

  private static MemorySegment text(Arena arena, byte[] bytes) {
    MemorySegment out = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, out, JAVA_BYTE, 0, bytes.length);
    return out;
  }
}
