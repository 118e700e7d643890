package dev.paddock.core.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.WorkspaceId;
import java.util.Optional;

/** One of the changes that {@link Resources#apply} makes together. */
public sealed interface Change {
  String kind();

  String id();

  /** {@code CONFLICT} when the id exists. */
  record Create(String kind, String id, WorkspaceId workspaceId, ObjectNode document)
      implements Change {}

  /** {@code CONFLICT} unless {@code expectedVersion} is the stored one. */
  record Update(String kind, String id, long expectedVersion, ObjectNode document)
      implements Change {}

  /**
   * With an expected version, {@code NOT_FOUND} or {@code CONFLICT} unless it is the stored one;
   * without, nothing happens when there is no such resource.
   */
  record Delete(String kind, String id, Optional<Long> expectedVersion) implements Change {}
}
