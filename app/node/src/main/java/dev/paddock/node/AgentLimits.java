package dev.paddock.node;

import dev.paddock.agent.EnvironmentRule;
import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Limits;
import java.time.Duration;

/** What an agent's sandbox may use: what the agent says, else what is usual. */
final class AgentLimits {
  private AgentLimits() {}

  static Limits of(EnvironmentRule.Limits asked) {
    Limits usual = Limits.DEFAULT;
    try {
      return limits(asked, usual);
    } catch (IllegalArgumentException e) {
      throw new NodeException(
          ErrorCode.INVALID_REQUEST, "agent.yaml, environment.limits: " + e.getMessage(), e);
    }
  }

  private static Limits limits(EnvironmentRule.Limits asked, Limits usual) {
    return new Limits(
        asked.memory().orElse(usual.memoryBytes()),
        asked.processes().orElse(usual.processes()),
        asked.workspace().orElse(usual.workspaceBytes()),
        asked.file().orElse(usual.fileSizeBytes()),
        asked.openFiles().orElse(usual.openFiles()),
        usual.cpuSeconds(),
        asked.cpu(),
        asked.io(),
        asked.command().map(Duration::ofSeconds).orElse(usual.wallTime()),
        asked.output().orElse(usual.outputBytes()));
  }
}
