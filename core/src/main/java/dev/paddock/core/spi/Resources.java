package dev.paddock.core.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.WorkspaceId;
import java.util.List;
import java.util.Optional;

/** Documents with optimistic versions: agents, environments, files, keys … */
public interface Resources {
  /** {@code CONFLICT} when the id exists. */
  Resource create(String kind, String id, WorkspaceId workspaceId, ObjectNode document);

  Optional<Resource> find(String kind, String id);

  /** {@code CONFLICT} unless {@code expectedVersion} is the stored one. */
  Resource update(String kind, String id, long expectedVersion, ObjectNode document);

  /** Newest first, those older than {@code before}. */
  List<Resource> list(
      String kind, Optional<WorkspaceId> workspaceId, Optional<String> before, int limit);

  boolean delete(String kind, String id);
}
