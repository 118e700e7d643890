package dev.paddock.sandbox.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a sandbox is made from.
 *
 * @param workspace the host folder shown as {@code /workspace}; one sandbox at a time
 * @param environment added to the box's own; never a secret
 * @param egress the only way out of the box; without it there is none
 * @param background the shell is to reach what {@link Sandbox#start} starts, in one network with
 *     it, which costs a box more at the start
 * @param accounts that programs in the box find, where the place can show them
 */
public record SandboxSpec(
    Path workspace,
    List<ReadOnlyMount> mounts,
    Map<String, String> environment,
    Limits limits,
    Optional<EgressSocket> egress,
    boolean background,
    Accounts accounts) {
  public SandboxSpec {
    mounts = List.copyOf(mounts);
    environment = Map.copyOf(environment);
  }

  public static SandboxSpec of(Path workspace) {
    return new SandboxSpec(
        workspace, List.of(), Map.of(), Limits.DEFAULT, Optional.empty(), false, Accounts.NONE);
  }

  public SandboxSpec withMounts(List<ReadOnlyMount> shown) {
    return new SandboxSpec(workspace, shown, environment, limits, egress, background, accounts);
  }

  public SandboxSpec withEnvironment(Map<String, String> variables) {
    return new SandboxSpec(workspace, mounts, variables, limits, egress, background, accounts);
  }

  public SandboxSpec withLimits(Limits allowed) {
    return new SandboxSpec(workspace, mounts, environment, allowed, egress, background, accounts);
  }

  public SandboxSpec withEgress(EgressSocket out) {
    return new SandboxSpec(
        workspace, mounts, environment, limits, Optional.of(out), background, accounts);
  }

  public SandboxSpec withBackground() {
    return new SandboxSpec(workspace, mounts, environment, limits, egress, true, accounts);
  }

  public SandboxSpec withAccounts(Accounts shown) {
    return new SandboxSpec(workspace, mounts, environment, limits, egress, background, shown);
  }
}
