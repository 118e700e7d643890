package dev.paddock.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.sandbox.Manifest;
import dev.paddock.sandbox.OutputFiles;
import dev.paddock.sandbox.Skipped;
import dev.paddock.sandbox.TransferLimits;
import dev.paddock.sandbox.Workspace;
import dev.paddock.store.Store;
import java.net.URLConnection;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the files in {@code /workspace/outputs} the session's files. A file that changed becomes a
 * new one; the old one goes.
 */
final class SessionOutputs {
  static final String KIND = "file";
  private static final int PAGE = 1000;

  private final Store store;
  private final int page;
  private final Map<SessionId, OutputFiles> last = new ConcurrentHashMap<>();

  SessionOutputs(Store store) {
    this(store, PAGE);
  }

  /**
   * @param page how many files it asks the store for at once
   */
  SessionOutputs(Store store, int page) {
    this.store = store;
    this.page = page;
  }

  void collect(SessionRecord session, Workspace workspace) {
    OutputFiles before = last.getOrDefault(session.id(), OutputFiles.NONE);
    OutputFiles now = OutputFiles.collect(workspace, store.blobs(), before, TransferLimits.DEFAULT);
    last.put(session.id(), now);
    Map<String, Resource> known = known(session.id());
    if (known.isEmpty() && now.files().isEmpty() && now.skipped().isEmpty()) {
      return;
    }
    for (Map.Entry<String, Manifest.Entry> file : now.files().entrySet()) {
      Optional<Resource> old = Optional.ofNullable(known.get(file.getKey()));
      boolean same =
          old.map(resource -> resource.document().path("sha256").asText())
              .filter(file.getValue().sha256()::equals)
              .isPresent();
      if (!same) {
        old.ifPresent(resource -> store.resources().delete(KIND, resource.id()));
        create(session, file.getKey(), file.getValue());
      }
    }
    known.forEach(
        (path, resource) -> {
          if (!now.files().containsKey(path)) {
            store.resources().delete(KIND, resource.id());
          }
        });
    tellSkipped(session.id(), before, now);
  }

  /** Forgets what it need not read again of all sessions but these. */
  void keepOnly(Collection<SessionId> sessions) {
    last.keySet().retainAll(sessions);
  }

  private Map<String, Resource> known(SessionId session) {
    Map<String, Resource> known = new HashMap<>();
    ResourceFilter next =
        ResourceFilter.newest(KIND, page).withMatching("scope.id", session.value());
    List<Resource> files;
    do {
      files = store.resources().list(next);
      files.forEach(file -> known.put(file.document().path("path").asText(), file));
      next = files.isEmpty() ? next : next.withAfter(files.getLast().id());
    } while (files.size() == page);
    return known;
  }

  private void create(SessionRecord session, String path, Manifest.Entry file) {
    String id = Ids.next("file");
    String name = path.substring(path.lastIndexOf('/') + 1);
    String type =
        Optional.ofNullable(URLConnection.guessContentTypeFromName(name))
            .orElse("application/octet-stream");
    ObjectNode document =
        Json.object()
            .put("id", id)
            .put("filename", name)
            .put("path", path)
            .put("mime_type", type)
            .put("size_bytes", file.size())
            .put("sha256", file.sha256())
            .put("created_at", Instant.now().toString())
            .put("downloadable", true);
    document.putObject("scope").put("type", "session").put("id", session.id().value());
    store.resources().create(KIND, id, session.workspaceId(), document);
  }

  private void tellSkipped(SessionId session, OutputFiles before, OutputFiles now) {
    Set<Skipped> fresh = new HashSet<>(now.skipped());
    before.skipped().forEach(fresh::remove);
    if (fresh.isEmpty()) {
      return;
    }
    ObjectNode files = Json.object();
    Map<String, String> reasons = new TreeMap<>();
    fresh.forEach(file -> reasons.put(file.path(), file.reason()));
    reasons.entrySet().stream()
        .limit(100)
        .forEach(entry -> files.put(entry.getKey(), entry.getValue()));
    SessionEvent notice =
        new SessionEvent.Notice(
            EventId.next(),
            "outputs_skipped",
            "%d files in outputs/ were left out".formatted(fresh.size()),
            Optional.of(Json.object().set("files", files)));
    try {
      store
          .sessions()
          .append(session, Append.acknowledged(NewEvent.of(notice)).with(Append.Durability.TURN));
    } catch (PaddockException e) {
      if (e.code() != ErrorCode.NOT_FOUND) {
        throw e;
      }
    }
  }
}
