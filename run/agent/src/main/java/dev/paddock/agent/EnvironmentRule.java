package dev.paddock.agent;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an agent needs around it.
 *
 * @param hosts that its sandbox may reach; none means no network
 * @param limits of its sandbox
 */
public record EnvironmentRule(List<String> hosts, Limits limits) {
  public static final EnvironmentRule NONE = new EnvironmentRule(List.of(), Limits.NONE);

  /**
   * Limits of a sandbox; what is empty is left to its defaults.
   *
   * @param memory in bytes
   * @param cpu in cores
   * @param workspace bytes in all files together
   * @param file bytes in one file
   * @param output bytes of a call's output
   * @param command seconds of one call
   */
  public record Limits(
      Optional<Long> memory,
      Optional<Integer> processes,
      Optional<Double> cpu,
      Optional<Long> workspace,
      Optional<Long> file,
      Optional<Integer> openFiles,
      Optional<Long> output,
      Optional<Integer> command) {
    public static final Limits NONE = of(Map.of());

    static Limits of(Map<String, Double> values) {
      return new Limits(
          whole(values, "memory"),
          whole(values, "processes").map(Math::toIntExact),
          Optional.ofNullable(values.get("cpu")),
          whole(values, "workspace"),
          whole(values, "file"),
          whole(values, "open_files").map(Math::toIntExact),
          whole(values, "output"),
          whole(values, "command").map(Math::toIntExact));
    }

    private static Optional<Long> whole(Map<String, Double> values, String key) {
      return Optional.ofNullable(values.get(key)).map(Double::longValue);
    }
  }
}
