package dev.paddock.core.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.WorkspaceId;
import java.time.Instant;

/** A stored document; {@code version} starts at 1. */
public record Resource(
    String kind,
    String id,
    WorkspaceId workspaceId,
    long version,
    ObjectNode document,
    Instant createdAt,
    Instant updatedAt) {}
