package dev.paddock.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.manifest.LocalBase;
import dev.paddock.manifest.ManifestWriter;
import dev.paddock.manifest.StorageSecrets;
import dev.paddock.manifest.WorkspaceManifest;
import dev.paddock.sandbox.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The manifest of a place, made once before a call needs it; what snapshots leave out is made again
 * after one was put back.
 */
final class SessionManifest {
  /** Within the time that a call has, of which it is a part. */
  private static final Duration MAX_TIME = Duration.ofSeconds(100);

  private final Node node;
  private final SessionPlace place;
  private final Workspace workspace;
  private final WorkspaceManifest manifest;

  SessionManifest(Node node, SessionPlace place, Workspace workspace, WorkspaceManifest manifest) {
    this.node = node;
    this.place = place;
    this.workspace = workspace;
    this.manifest = manifest;
  }

  /** Why it is not there, if it cannot be made. */
  synchronized Optional<String> require() throws InterruptedException {
    Placed whole = whole(place.folder(), manifest);
    Placed ephemeral = ephemeral(place.folder(), manifest);
    if (whole.done() && ephemeral.done()) {
      return Optional.empty();
    }
    try {
      node.manifests()
          .apply(
              manifest,
              workspace,
              place.folder(),
              new Manifests.Making(
                  place.manifestBase().map(LocalBase::new),
                  secrets(),
                  this::progress,
                  whole.done(),
                  MAX_TIME));
    } catch (PaddockException e) {
      tell(e);
      return Optional.of(
          "The call was not run: the workspace could not be made: " + e.getMessage());
    }
    mark(place.folder(), manifest);
    return Optional.empty();
  }

  /**
   * A session of the API has the secrets of its vaults, a task those of this machine's operator.
   */
  private StorageSecrets secrets() {
    if (place.manifestBase().isPresent()) {
      return node.manifests().operatorSecrets();
    }
    SessionDocument document = SessionDocument.read(place.owner().document());
    return (name, hosts) -> node.vaultSecret(document, name, hosts);
  }

  private void progress(String line) {
    append(new SessionEvent.Notice(EventId.next(), "workspace_progress", line, Optional.empty()));
  }

  private void tell(PaddockException e) {
    ObjectNode error = Json.object().put("type", "unknown_error");
    error.put("message", "the workspace could not be made: " + e.getMessage());
    // The next call tries again.
    error.putObject("retry_status").put("type", "retrying");
    append(new SessionEvent.SessionError(EventId.next(), error));
  }

  private void append(SessionEvent event) {
    node.store().sessions().append(place.owner().id(), Append.acknowledged(NewEvent.of(event)));
  }

  /** Says that all of it is there. */
  static void mark(Path folder, WorkspaceManifest manifest) {
    for (Placed placed : new Placed[] {whole(folder, manifest), ephemeral(folder, manifest)}) {
      if (!placed.done()) {
        placed.mark();
      }
    }
  }

  /** Says that what snapshots leave out is not there. */
  static void unmarkEphemeral(Path folder, WorkspaceManifest manifest) {
    Path marker = ephemeral(folder, manifest).marker();
    try {
      Files.deleteIfExists(marker);
    } catch (IOException e) {
      throw NodeException.cannotUse(marker, e);
    }
  }

  private static Placed whole(Path folder, WorkspaceManifest manifest) {
    return Placed.of(folder, "manifest", text(manifest));
  }

  private static Placed ephemeral(Path folder, WorkspaceManifest manifest) {
    return Placed.of(folder, "manifest, what is ephemeral", text(manifest));
  }

  private static String text(WorkspaceManifest manifest) {
    return Json.write(ManifestWriter.json(manifest));
  }
}
