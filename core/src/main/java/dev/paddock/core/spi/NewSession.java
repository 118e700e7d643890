package dev.paddock.core.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import java.util.List;
import java.util.Optional;

/**
 * A session to create.
 *
 * @param parent the session that this one is a thread of; it goes with its parent
 * @param document what it was created from: the agent as it stood, title, metadata, environment
 */
public record NewSession(
    SessionId id,
    WorkspaceId workspaceId,
    Optional<SessionId> parent,
    ObjectNode document,
    List<NewEvent> events) {

  public NewSession(
      SessionId id, WorkspaceId workspaceId, ObjectNode document, List<NewEvent> events) {
    this(id, workspaceId, Optional.empty(), document, events);
  }

  public NewSession withParent(SessionId session) {
    return new NewSession(id, workspaceId, Optional.of(session), document, events);
  }
}
