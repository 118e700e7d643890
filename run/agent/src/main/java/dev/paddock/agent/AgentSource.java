package dev.paddock.agent;

import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.ToolDefinition;
import java.util.List;

/** What a session runs as. */
@FunctionalInterface
public interface AgentSource {
  SessionAgent agentOf(SessionRecord session);

  /**
   * An agent with the tools of its place.
   *
   * @param tools that {@link HandsSource hands} can run
   * @param clientTools that the client runs; open unless the definition names the open tools
   */
  record SessionAgent(
      AgentDefinition definition, List<ToolDefinition> tools, List<ToolDefinition> clientTools) {}
}
