package dev.paddock.core.spi;

import dev.paddock.core.SessionId;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.WorkspaceId;
import java.util.Optional;
import java.util.Set;

/**
 * Which sessions to list.
 *
 * @param parent empty for sessions that are no thread of another one
 * @param statuses empty for any
 * @param after the last one of the page before, which may have been deleted since
 */
public record SessionFilter(
    Optional<WorkspaceId> workspaceId,
    Optional<SessionId> parent,
    Set<SessionStatus> statuses,
    TimeRange created,
    DocumentFilter document,
    Order order,
    Optional<SessionId> after,
    int limit) {

  public SessionFilter {
    statuses = Set.copyOf(statuses);
  }

  public static SessionFilter newest(int limit) {
    return new SessionFilter(
        Optional.empty(),
        Optional.empty(),
        Set.of(),
        TimeRange.ANY,
        DocumentFilter.ANY,
        Order.DESCENDING,
        Optional.empty(),
        limit);
  }

  public SessionFilter withWorkspace(WorkspaceId id) {
    return new SessionFilter(
        Optional.of(id), parent, statuses, created, document, order, after, limit);
  }

  /** The threads of that session. */
  public SessionFilter withParent(SessionId id) {
    return new SessionFilter(
        workspaceId, Optional.of(id), statuses, created, document, order, after, limit);
  }

  public SessionFilter withStatuses(Set<SessionStatus> any) {
    return new SessionFilter(workspaceId, parent, any, created, document, order, after, limit);
  }

  public SessionFilter withCreated(TimeRange range) {
    return new SessionFilter(workspaceId, parent, statuses, range, document, order, after, limit);
  }

  public SessionFilter withDocument(DocumentFilter filter) {
    return new SessionFilter(workspaceId, parent, statuses, created, filter, order, after, limit);
  }

  public SessionFilter withMatching(String path, String text) {
    return withDocument(document.withMatching(path, text));
  }

  public SessionFilter withAbsent(String path) {
    return withDocument(document.withAbsent(path));
  }

  public SessionFilter withOrder(Order by) {
    return new SessionFilter(workspaceId, parent, statuses, created, document, by, after, limit);
  }

  public SessionFilter withAfter(SessionId last) {
    return new SessionFilter(
        workspaceId, parent, statuses, created, document, order, Optional.of(last), limit);
  }

  public SessionFilter withLimit(int most) {
    return new SessionFilter(workspaceId, parent, statuses, created, document, order, after, most);
  }
}
