package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
import java.util.regex.Pattern;

/**
 * The files that a session begins with, where its metadata names some: those of an earlier session
 * as they are when this one first needs them, or of a snapshot. The vendor's API has no field for
 * it.
 */
record FilesFrom(Platform platform, Caller caller) {
  static final String METADATA = "paddock_files_from";

  /** The key of a session's document. */
  private static final String DOCUMENT = "files_from";

  private static final String SNAPSHOT = "snapshot";
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  void into(ObjectNode document, ObjectNode metadata) {
    String from = metadata.path(METADATA).asText("");
    if (from.isEmpty()) {
      return;
    }
    if (DIGEST.matcher(from).matches() ? !hasSnapshot(from) : !hasSession(from)) {
      throw ServerException.invalid(
          "metadata." + METADATA,
          "must be the id of a session or the digest of a snapshot, and there is none such");
    }
    document.put(DOCUMENT, from);
  }

  private boolean hasSnapshot(String digest) {
    return !platform
        .resources()
        .list(
            ResourceFilter.newest(SNAPSHOT, 1)
                .withWorkspace(caller.workspace())
                .withMatching("digest", digest))
        .isEmpty();
  }

  private boolean hasSession(String id) {
    try {
      return platform
          .sessions()
          .find(new SessionId(id))
          .filter(session -> session.workspaceId().equals(caller.workspace()))
          .isPresent();
    } catch (PaddockException noId) {
      return false;
    }
  }
}
