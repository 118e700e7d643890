package dev.paddock.sandbox;

import static dev.paddock.sandbox.SystemCalls.function;
import static dev.paddock.sandbox.SystemCalls.invoke;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** The functions of the C library for pseudo-terminals, see pty(7). */
final class PosixTerminal {
  private static final long TIOCSWINSZ = 0x5414;
  private static final int PATH_BYTES = 4096;

  private static final MethodHandle POSIX_OPENPT = function("posix_openpt", JAVA_INT, -1, JAVA_INT);
  private static final MethodHandle GRANTPT = function("grantpt", JAVA_INT, -1, JAVA_INT);
  private static final MethodHandle UNLOCKPT = function("unlockpt", JAVA_INT, -1, JAVA_INT);
  private static final MethodHandle PTSNAME_R =
      function("ptsname_r", JAVA_INT, -1, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle IOCTL =
      function("ioctl", JAVA_INT, 2, JAVA_INT, JAVA_LONG, ADDRESS);

  private PosixTerminal() {}

  /** The controlling side of a new terminal. */
  static int open() throws Errno {
    int fd =
        (int)
            invoke(
                "posix_openpt",
                (state, arena) ->
                    (int)
                        POSIX_OPENPT.invokeExact(
                            state, Posix.O_RDWR | Posix.O_NOCTTY | Posix.O_CLOEXEC));
    try {
      invoke("grantpt", (state, arena) -> (int) GRANTPT.invokeExact(state, fd));
      invoke("unlockpt", (state, arena) -> (int) UNLOCKPT.invokeExact(state, fd));
      return fd;
    } catch (Errno e) {
      Posix.close(fd);
      throw e;
    }
  }

  /** The path of a terminal's other side. */
  static String name(int fd) throws Errno {
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment name = memory.allocate(PATH_BYTES);
      invoke(
          "ptsname_r",
          (state, arena) -> -(int) PTSNAME_R.invokeExact(state, fd, name, name.byteSize()));
      return name.getString(0, StandardCharsets.US_ASCII);
    }
  }

  static void setSize(int fd, int columns, int rows) throws Errno {
    invoke(
        "ioctl",
        (state, arena) -> {
          MemorySegment size = arena.allocate(8, 2);
          size.set(JAVA_SHORT, 0, (short) rows);
          size.set(JAVA_SHORT, 2, (short) columns);
          return (int) IOCTL.invokeExact(state, fd, TIOCSWINSZ, size);
        });
  }
}
