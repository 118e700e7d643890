package dev.paddock.core.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import java.util.List;

/**
 * A session to create.
 *
 * @param document what it was created from: the agent as it stood, title, metadata, environment
 */
public record NewSession(
    SessionId id, WorkspaceId workspaceId, ObjectNode document, List<NewEvent> events) {}
