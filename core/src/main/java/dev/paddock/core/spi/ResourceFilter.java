package dev.paddock.core.spi;

import dev.paddock.core.WorkspaceId;
import java.util.Optional;

/**
 * Which resources of a kind to list.
 *
 * @param after the id of the last one of the page before, which may have been deleted since
 */
public record ResourceFilter(
    String kind,
    Optional<WorkspaceId> workspaceId,
    Optional<String> idPrefix,
    TimeRange created,
    DocumentFilter document,
    Order order,
    Optional<String> after,
    int limit) {

  public static ResourceFilter newest(String kind, int limit) {
    return new ResourceFilter(
        kind,
        Optional.empty(),
        Optional.empty(),
        TimeRange.ANY,
        DocumentFilter.ANY,
        Order.DESCENDING,
        Optional.empty(),
        limit);
  }

  public ResourceFilter withWorkspace(WorkspaceId id) {
    return new ResourceFilter(
        kind, Optional.of(id), idPrefix, created, document, order, after, limit);
  }

  public ResourceFilter withIdPrefix(String prefix) {
    return new ResourceFilter(
        kind, workspaceId, Optional.of(prefix), created, document, order, after, limit);
  }

  public ResourceFilter withCreated(TimeRange range) {
    return new ResourceFilter(kind, workspaceId, idPrefix, range, document, order, after, limit);
  }

  public ResourceFilter withDocument(DocumentFilter filter) {
    return new ResourceFilter(kind, workspaceId, idPrefix, created, filter, order, after, limit);
  }

  public ResourceFilter withMatching(String path, String text) {
    return withDocument(document.withMatching(path, text));
  }

  public ResourceFilter withAbsent(String path) {
    return withDocument(document.withAbsent(path));
  }

  public ResourceFilter withOrder(Order by) {
    return new ResourceFilter(kind, workspaceId, idPrefix, created, document, by, after, limit);
  }

  public ResourceFilter withAfter(String id) {
    return new ResourceFilter(
        kind, workspaceId, idPrefix, created, document, order, Optional.of(id), limit);
  }

  public ResourceFilter withLimit(int most) {
    return new ResourceFilter(kind, workspaceId, idPrefix, created, document, order, after, most);
  }
}
