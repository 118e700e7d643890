package dev.paddock.core.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import java.time.Instant;

/**
 * What a session was created from. Where it stands is the fold of its log, not a field here.
 *
 * @param lastSequence of its newest event, 0 when it has none
 */
public record SessionRecord(
    SessionId id,
    WorkspaceId workspaceId,
    ObjectNode document,
    Instant createdAt,
    Instant updatedAt,
    long lastSequence) {}
