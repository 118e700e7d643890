package dev.paddock.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The few calls of the C library that Java has no method for. */
final class Posix {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final long TIOCGWINSZ = 0x5413;

  private Posix() {}

  /** Makes {@code target} another name of the open file {@code source}. */
  static boolean dup2(int source, int target) {
    MethodHandle handle =
        call(
            "dup2",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    try {
      return (int) handle.invokeExact(source, target) == target;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** The columns of the terminal behind an open file; 0 where there is none. */
  static int columns(int fd) {
    MethodHandle handle =
        call(
            "ioctl",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS),
            Linker.Option.firstVariadicArg(2));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(8);
      int status = (int) handle.invokeExact(fd, TIOCGWINSZ, size);
      return status == 0 ? Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 2)) : 0;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static boolean isTerminal(int fd) {
    MethodHandle handle =
        call("isatty", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    try {
      return (int) handle.invokeExact(fd) == 1;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle call(
      String name, FunctionDescriptor shape, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), shape, options);
  }
}
