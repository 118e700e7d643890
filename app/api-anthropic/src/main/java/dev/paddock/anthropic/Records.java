package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.MemoryBook;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.Resources;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.ServerException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What the API stores beside sessions. Documents are kept in their wire form; the resources of
 * another workspace are not found. What belongs to a resource has the id {@code parent.own}.
 */
final class Records {
  private static final int ATTEMPTS = 20;
  private static final int BATCH = 500;

  private final Resources resources;
  private final Clock clock;

  Records(Resources resources, Clock clock) {
    this.resources = resources;
    this.clock = clock;
  }

  String now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  Clock clock() {
    return clock;
  }

  static String within(String parent, String own) {
    return parent + "." + own;
  }

  Optional<Resource> find(Caller caller, String kind, String id) {
    boolean plausible = id.length() <= 260 && id.matches("[A-Za-z0-9_.-]+");
    return plausible
        ? resources.find(kind, id).filter(found -> found.workspaceId().equals(caller.workspace()))
        : Optional.empty();
  }

  Resource get(Caller caller, String kind, String id) {
    return find(caller, kind, id).orElseThrow(() -> unknown(kind, id));
  }

  /** What belongs to {@code parent}. */
  Resource get(Caller caller, String kind, String parent, String own) {
    return (Ids.plausible(parent) && Ids.plausible(own)
            ? find(caller, kind, within(parent, own))
            : Optional.<Resource>empty())
        .orElseThrow(() -> unknown(kind, own));
  }

  static ServerException unknown(String kind, String id) {
    return ServerException.notFound(
        "there is no %s \"%s\"".formatted(kind.replace('_', ' '), Texts.shortened(id)));
  }

  ObjectNode create(Caller caller, String kind, String id, ObjectNode document) {
    return resources.create(kind, id, caller.workspace(), document).document();
  }

  List<Resource> apply(List<? extends Change> changes) {
    return resources.apply(changes);
  }

  /** The memories of stores, as this caller may write them. */
  MemoryBook memories(Caller caller) {
    return new MemoryBook(resources, clock, caller.workspace(), MemoryActor.of(caller.principal()));
  }

  static Change create(Caller caller, String kind, ObjectNode document, String id) {
    return new Change.Create(kind, id, caller.workspace(), document);
  }

  static Change update(Resource stored, ObjectNode document) {
    return new Change.Update(stored.kind(), stored.id(), stored.version(), document);
  }

  /** Keeps a resource as it is, so that what was read of it still holds. */
  static Change hold(Resource stored) {
    return update(stored, stored.document());
  }

  static Change delete(Resource stored) {
    return new Change.Delete(stored.kind(), stored.id(), Optional.of(stored.version()));
  }

  boolean delete(String kind, String id) {
    return resources.delete(kind, id);
  }

  /** Deletes a resource with what belongs to it, of these kinds. */
  void deleteWhole(Caller caller, String kind, String id, String... parts) {
    retrying(
        () -> {
          List<Change> changes = new ArrayList<>();
          changes.add(new Change.Delete(kind, id, Optional.empty()));
          for (String part : parts) {
            all(within(caller, part, id)).forEach(one -> changes.add(delete(one)));
          }
          return apply(changes);
        });
  }

  /** Changes a resource and its {@code updated_at}; unchanged documents are not written. */
  ObjectNode change(Caller caller, String kind, String id, UnaryOperator<ObjectNode> change) {
    return retrying(
        () -> {
          Resource stored = get(caller, kind, id);
          ObjectNode changed = change.apply(stored.document().deepCopy());
          if (changed.equals(stored.document())) {
            return changed;
          }
          changed.put("updated_at", now());
          return resources.update(kind, id, stored.version(), changed).document();
        });
  }

  /** Archives once: a second time changes nothing. */
  ObjectNode archive(Caller caller, String kind, String id) {
    return change(
        caller,
        kind,
        id,
        document -> Archived.is(document) ? document : document.put("archived_at", now()));
  }

  /** Reads and writes again when someone else was faster. */
  static <T> T retrying(Supplier<T> attempt) {
    for (int i = 1; ; i++) {
      try {
        return attempt.get();
      } catch (PaddockException e) {
        boolean lost = e.code() == ErrorCode.CONFLICT && !(e instanceof ServerException);
        if (!lost || i == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  static ResourceFilter filter(Caller caller, String kind) {
    return ResourceFilter.newest(kind, BATCH).withWorkspace(caller.workspace());
  }

  /** Those that belong to {@code parent}. */
  static ResourceFilter within(Caller caller, String kind, String parent) {
    return filter(caller, kind).withIdPrefix(parent + ".");
  }

  /** Everything that a filter lets through. */
  List<Resource> all(ResourceFilter filter) {
    List<Resource> all = new ArrayList<>();
    ResourceFilter next = filter.withLimit(BATCH);
    while (true) {
      List<Resource> page = resources.list(next);
      all.addAll(page);
      if (page.size() < BATCH) {
        return all;
      }
      next = next.withAfter(page.getLast().id());
    }
  }

  /** A page of a list. */
  Reply list(Request request, ResourceFilter filter, Function<Resource, ? extends JsonNode> wire) {
    Query query = new Query(request.head());
    return list(query, query.limit(), filter, wire);
  }

  Reply list(
      Query query, int limit, ResourceFilter filter, Function<Resource, ? extends JsonNode> wire) {
    ResourceFilter from = query.page().map(cursor -> filter.withAfter(cursor.id())).orElse(filter);
    List<Resource> found = resources.list(from.withLimit(limit + 1));
    List<Resource> shown = found.subList(0, Math.min(limit, found.size()));
    Optional<Cursor> next =
        found.size() > limit ? Optional.of(Cursor.after(shown.getLast().id())) : Optional.empty();
    return page(shown.stream().map(wire).toList(), next);
  }

  static Reply page(List<? extends JsonNode> data, Optional<Cursor> next) {
    ObjectNode answer = Json.object();
    ArrayNode items = answer.putArray("data");
    data.forEach(items::add);
    answer.put("next_page", next.map(Cursor::toString).orElse(null));
    return Reply.ok(answer);
  }

  static Reply deleted(String id, String type) {
    return Reply.ok(Json.object().put("id", id).put("type", type));
  }
}
