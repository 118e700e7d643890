package dev.paddock.sandbox.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a sandbox is made from.
 *
 * @param workspace the host folder shown as {@code /workspace}; one sandbox at a time
 * @param environment added to the box's own; never a secret
 */
public record SandboxSpec(
    Path workspace, List<ReadOnlyMount> mounts, Map<String, String> environment, Limits limits) {
  public SandboxSpec {
    mounts = List.copyOf(mounts);
    environment = Map.copyOf(environment);
  }

  public static SandboxSpec of(Path workspace) {
    return new SandboxSpec(workspace, List.of(), Map.of(), Limits.DEFAULT);
  }

  public SandboxSpec withMounts(List<ReadOnlyMount> shown) {
    return new SandboxSpec(workspace, shown, environment, limits);
  }

  public SandboxSpec withEnvironment(Map<String, String> variables) {
    return new SandboxSpec(workspace, mounts, variables, limits);
  }

  public SandboxSpec withLimits(Limits allowed) {
    return new SandboxSpec(workspace, mounts, environment, allowed);
  }
}
