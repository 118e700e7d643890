package dev.paddock.sandbox;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The library by which container engines make a filter of a profile. */
@SuppressWarnings("restricted") // native calls
final class TestingLibSeccomp {
  private static final int MASKED_EQ = 7;
  private static final int ERRNO = 0x0005_0000;
  private static final long COMPARISON_BYTES = 24L;

  private final SymbolLookup library;

  private TestingLibSeccomp(SymbolLookup library) {
    this.library = library;
  }

  /** Empty where it is not installed. */
  static Optional<TestingLibSeccomp> load() {
    try {
      return Optional.of(
          new TestingLibSeccomp(SymbolLookup.libraryLookup("libseccomp.so.2", Arena.global())));
    } catch (IllegalArgumentException notInstalled) {
      return Optional.empty();
    }
  }

  private MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(library.find(name).orElseThrow(), FunctionDescriptor.of(result, arguments));
  }

  /** Numbers of those calls that the library knows and the architecture has. */
  Map<String, Integer> numbers(Architecture architecture) throws Throwable {
    MethodHandle resolve =
        function("seccomp_syscall_resolve_name_arch", JAVA_INT, JAVA_INT, ADDRESS);
    Map<String, Integer> numbers = new HashMap<>();
    try (Arena arena = Arena.ofConfined()) {
      for (String name : SeccompProfile.names()) {
        int number = (int) resolve.invoke(architecture.auditToken(), arena.allocateFrom(name));
        if (number >= 0) {
          numbers.put(name, number);
        }
      }
    }
    return numbers;
  }

  /** As runc does it; calls that the library does not know keep the default action. */
  byte[] compile(JsonNode profile, Architecture architecture, Path folder) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      int usual = ERRNO | profile.path("defaultErrnoRet").asInt();
      MemorySegment filter =
          (MemorySegment) function("seccomp_init", ADDRESS, JAVA_INT).invoke(usual);
      if (architecture != Machine.THIS.architecture()) {
        MethodHandle add = function("seccomp_arch_add", JAVA_INT, ADDRESS, JAVA_INT);
        require((int) add.invoke(filter, architecture.auditToken()));
        MethodHandle remove = function("seccomp_arch_remove", JAVA_INT, ADDRESS, JAVA_INT);
        require((int) remove.invoke(filter, 0));
      }
      MethodHandle rule =
          function(
              "seccomp_rule_add_array", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
      MethodHandle resolve = function("seccomp_syscall_resolve_name", JAVA_INT, ADDRESS);
      for (JsonNode entry : profile.path("syscalls")) {
        boolean allow = entry.path("action").asText().equals("SCMP_ACT_ALLOW");
        int action = allow ? FilterRule.ALLOW : ERRNO | entry.path("errnoRet").asInt();
        MemorySegment comparisons = comparisons(entry.path("args"), arena);
        for (JsonNode name : entry.path("names")) {
          int number = (int) resolve.invoke(arena.allocateFrom(name.asText()));
          if (action != usual && number != -1) {
            require(
                (int) rule.invoke(filter, action, number, entry.path("args").size(), comparisons));
          }
        }
      }
      return export(filter, folder);
    }
  }

  private static MemorySegment comparisons(JsonNode arguments, Arena arena) {
    MemorySegment all = arena.allocate(COMPARISON_BYTES * Math.max(1, arguments.size()), 8);
    long at = 0;
    for (JsonNode argument : arguments) {
      all.set(JAVA_INT, at, argument.path("index").asInt());
      all.set(JAVA_INT, at + 4, MASKED_EQ);
      all.set(JAVA_LONG, at + 8, argument.path("value").asLong());
      all.set(JAVA_LONG, at + 16, argument.path("valueTwo").asLong());
      at += COMPARISON_BYTES;
    }
    return all;
  }

  private byte[] export(MemorySegment filter, Path folder) throws Throwable {
    Path file = Files.createFile(folder.resolve("program"));
    try (Fd program = new Fd(Posix.open(RootFolder.bytesOf(file), Posix.O_WRONLY))) {
      require(
          (int)
              function("seccomp_export_bpf", JAVA_INT, ADDRESS, JAVA_INT)
                  .invoke(filter, program.number()));
    }
    return Files.readAllBytes(file);
  }

  private static void require(int result) throws IOException {
    if (result != 0) {
      throw new IOException("libseccomp answers " + result);
    }
  }
}
