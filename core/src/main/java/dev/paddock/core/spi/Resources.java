package dev.paddock.core.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.WorkspaceId;
import java.util.List;
import java.util.Optional;

/** Documents with optimistic versions: agents, environments, files, keys … */
public interface Resources {
  /**
   * Makes all changes or none, in order, in one transaction.
   *
   * @return what each {@code Create} and {@code Update} left, in their order
   */
  List<Resource> apply(List<? extends Change> changes);

  Optional<Resource> find(String kind, String id);

  List<Resource> list(ResourceFilter filter);

  /** Whether there was one. */
  boolean delete(String kind, String id);

  /** {@code CONFLICT} when the id exists. */
  default Resource create(String kind, String id, WorkspaceId workspaceId, ObjectNode document) {
    return apply(List.of(new Change.Create(kind, id, workspaceId, document))).getFirst();
  }

  /** {@code CONFLICT} unless {@code expectedVersion} is the stored one. */
  default Resource update(String kind, String id, long expectedVersion, ObjectNode document) {
    return apply(List.of(new Change.Update(kind, id, expectedVersion, document))).getFirst();
  }

  /** Newest first, those older than {@code before}. */
  default List<Resource> list(
      String kind, Optional<WorkspaceId> workspaceId, Optional<String> before, int limit) {
    ResourceFilter filter = ResourceFilter.newest(kind, limit);
    filter = workspaceId.map(filter::withWorkspace).orElse(filter);
    return list(before.map(filter::withAfter).orElse(filter));
  }
}
