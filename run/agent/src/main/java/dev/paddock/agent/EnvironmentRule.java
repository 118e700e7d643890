package dev.paddock.agent;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an agent needs around it.
 *
 * @param hosts that its sandbox may reach
 * @param ask whether a person is asked about other hosts; without it and without hosts there is no
 *     network
 * @param limits of its sandbox
 */
public record EnvironmentRule(List<HostRule> hosts, boolean ask, Limits limits) {
  public static final EnvironmentRule NONE = new EnvironmentRule(List.of(), false, Limits.NONE);

  public EnvironmentRule {
    hosts = List.copyOf(hosts);
  }

  /** These hosts, and the limits that are usual. */
  public static EnvironmentRule of(List<String> hosts) {
    return new EnvironmentRule(hosts.stream().map(HostRule::of).toList(), false, Limits.NONE);
  }

  /** Documents of earlier releases do not say whether to ask. */
  @JsonCreator
  static EnvironmentRule read(
      @JsonProperty("hosts") List<HostRule> hosts,
      @JsonProperty("ask") Optional<Boolean> ask,
      @JsonProperty("limits") Limits limits) {
    return new EnvironmentRule(hosts, ask.orElse(false), limits);
  }

  /** Whether anything may be reached at all. */
  public boolean network() {
    return ask || !hosts.isEmpty();
  }

  /**
   * Limits of a sandbox; what is empty is left to its defaults.
   *
   * @param memory in bytes
   * @param cpu in cores
   * @param workspace bytes in all files together
   * @param file bytes in one file
   * @param io bytes that may be read from the disk in a second, and as many written
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
      Optional<Long> io,
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
          whole(values, "io"),
          whole(values, "output"),
          whole(values, "command").map(Math::toIntExact));
    }

    private static Optional<Long> whole(Map<String, Double> values, String key) {
      return Optional.ofNullable(values.get(key)).map(Double::longValue);
    }
  }
}
