package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The numbers against the kernel's own headers, where they are installed. */
final class SyscallTest {
  private static final Pattern DEFINITION =
      Pattern.compile("#define\\s+__NR(?:3264)?_(\\w+)\\s+(\\d+)");
  private static final Map<String, String> NAMES = Map.of("SYSCTL", "_sysctl");

  private static Map<String, Integer> header(Path file) throws IOException {
    assumeTrue(Files.exists(file), "no kernel headers at " + file);
    Map<String, Integer> numbers = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      Matcher matcher = DEFINITION.matcher(line);
      if (matcher.find()) {
        numbers.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
      }
    }
    return numbers;
  }

  private static void assertAgrees(Architecture architecture, Map<String, Integer> header) {
    for (Syscall call : Syscall.values()) {
      String name = NAMES.getOrDefault(call.name(), call.name().toLowerCase(Locale.ROOT));
      int number = call.number(architecture).orElse(-1);
      if (header.containsKey(name)) {
        assertThat(number).as(name).isEqualTo(header.get(name));
      } else {
        assertThat(number == -1 || number > 450).as("%s is not in the header", name).isTrue();
      }
    }
  }

  @Test
  void agreesWithTheHeaderOfX86() throws Exception {
    assertAgrees(
        Architecture.X86_64, header(Path.of("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")));
  }

  @Test
  void agreesWithTheGenericHeaderThatAarch64Uses() throws Exception {
    assertAgrees(Architecture.AARCH64, header(Path.of("/usr/include/asm-generic/unistd.h")));
  }
}
