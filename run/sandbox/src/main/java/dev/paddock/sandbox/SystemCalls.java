package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** How functions of the C library are called: with their {@code errno}, and again when cut off. */
final class SystemCalls {
  private static final int EINTR = 4;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private SystemCalls() {}

  @FunctionalInterface
  interface Call {
    long run(MemorySegment state, Arena arena) throws Throwable;
  }

  static long invoke(String name, Call call) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      while (true) {
        long result = call.run(state, arena);
        if (result >= 0) {
          return result;
        }
        int number = (int) ERRNO.get(state, 0L);
        if (number != EINTR) {
          throw new Errno(name, number);
        }
        if (name.equals("close")) {
          return 0;
        }
      }
    } catch (Errno | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("restricted")
  static MethodHandle function(
      String name, MemoryLayout result, int firstVariadic, MemoryLayout... arguments) {
    MemorySegment symbol =
        LINKER.defaultLookup().find(name).orElseThrow(() -> missing("no function " + name));
    Linker.Option capture = Linker.Option.captureCallState("errno");
    Linker.Option[] options =
        firstVariadic < 0
            ? new Linker.Option[] {capture}
            : new Linker.Option[] {capture, Linker.Option.firstVariadicArg(firstVariadic)};
    return LINKER.downcallHandle(symbol, FunctionDescriptor.of(result, arguments), options);
  }

  static SandboxException missing(String what) {
    return new SandboxException(
        ErrorCode.ISOLATION_MISSING,
        "this machine has %s; Paddock needs 64-bit Linux with glibc 2.28 or newer".formatted(what));
  }
}
