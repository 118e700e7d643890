package dev.paddock.checks;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code ./paddock bench NAME}: each prints ours and a peer's side by side from one run. */
public final class Bench {
  private Bench() {}

  /** One benchmark. */
  @FunctionalInterface
  interface Benchmark {
    void run(String[] arguments) throws Exception;
  }

  private record Entry(String description, Benchmark benchmark) {}

  private static Map<String, Entry> all() {
    Map<String, Entry> all = new LinkedHashMap<>();
    return all;
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, Entry> all = all();
    Entry chosen = arguments.length == 0 ? null : all.get(arguments[0]);
    if (chosen == null) {
      if (arguments.length > 0 && !arguments[0].isEmpty()) {
        System.err.println("paddock: no benchmark \"" + arguments[0] + "\"");
      }
      all.forEach((name, entry) -> System.out.printf("%-12s %s%n", name, entry.description()));
      System.exit(arguments.length > 0 && !arguments[0].isEmpty() ? 2 : 0);
      return;
    }
    String[] rest = java.util.Arrays.copyOfRange(arguments, 1, arguments.length);
    chosen.benchmark().run(rest);
    System.exit(0);
  }
}
