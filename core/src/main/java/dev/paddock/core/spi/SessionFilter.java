package dev.paddock.core.spi;

import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import java.util.Optional;

/** Which sessions to list: those older than {@code before}, at most {@code limit}. */
public record SessionFilter(
    Optional<WorkspaceId> workspaceId, Optional<SessionId> before, int limit) {
  public static SessionFilter newest(int limit) {
    return new SessionFilter(Optional.empty(), Optional.empty(), limit);
  }
}
