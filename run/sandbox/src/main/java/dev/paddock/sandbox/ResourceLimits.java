package dev.paddock.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The hard resource limits of this process, which its children can lower but not raise. */
public final class ResourceLimits {
  private static final Path LIMITS = Path.of("/proc/self/limits");

  /** What one unit of {@code ulimit} is, by the names in /proc. */
  private static final Map<String, Long> UNIT =
      Map.of("Max file size", 512L, "Max data size", 1024L);

  private static final Map<String, Long> HARD = read();

  private ResourceLimits() {}

  /** The wanted value, or the hard limit if that is lower, in the units of {@code ulimit}. */
  public static long atMost(String name, long wanted) {
    long hard = HARD.getOrDefault(name, Long.MAX_VALUE);
    return Math.min(wanted, hard / UNIT.getOrDefault(name, 1L));
  }

  private static Map<String, Long> read() {
    try {
      return parse(Files.readAllLines(LIMITS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, Long> parse(List<String> lines) {
    return lines.stream()
        .skip(1)
        .map(line -> line.split("\\s{2,}"))
        .filter(columns -> columns.length >= 3 && !columns[2].equals("unlimited"))
        .collect(Collectors.toMap(columns -> columns[0], columns -> Long.parseLong(columns[2])));
  }
}
