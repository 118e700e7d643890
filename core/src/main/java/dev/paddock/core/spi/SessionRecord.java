package dev.paddock.core.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.core.WorkspaceId;
import java.time.Instant;
import java.util.Optional;

/**
 * What a session was created from, and an index of where it stands. The fold of its log is the only
 * truth; these fields are kept beside it so that lists need not fold.
 *
 * @param parent the session that this one is a thread of
 * @param status by its last {@code session.status_…} event, idle before the first
 * @param stopReason why it went idle, if that event says so
 * @param lastSequence of its newest event, 0 when it has none
 */
public record SessionRecord(
    SessionId id,
    WorkspaceId workspaceId,
    Optional<SessionId> parent,
    ObjectNode document,
    Instant createdAt,
    Instant updatedAt,
    long lastSequence,
    SessionStatus status,
    Optional<StopReason> stopReason) {}
