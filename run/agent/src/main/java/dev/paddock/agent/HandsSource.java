package dev.paddock.agent;

import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.SessionRecord;

/**
 * Where a session's calls run. Asked for at the first call, not before; asked again it gives the
 * same hands, which it keeps and closes. Calls of one turn ask side by side.
 */
@FunctionalInterface
public interface HandsSource {
  Hands open(SessionRecord session, AgentDefinition agent);
}
