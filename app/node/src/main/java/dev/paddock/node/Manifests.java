package dev.paddock.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.SessionDocument.Repository;
import dev.paddock.core.ErrorCode;
import dev.paddock.manifest.Entry;
import dev.paddock.manifest.LocalBase;
import dev.paddock.manifest.ManifestApplication;
import dev.paddock.manifest.ManifestCheck;
import dev.paddock.manifest.ManifestException;
import dev.paddock.manifest.ManifestReader;
import dev.paddock.manifest.ManifestWriter;
import dev.paddock.manifest.PlacedEntry;
import dev.paddock.manifest.RcloneStorage;
import dev.paddock.manifest.Sources;
import dev.paddock.manifest.StorageLimits;
import dev.paddock.manifest.StorageSecrets;
import dev.paddock.manifest.WorkspaceManifest;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceRemoval;
import dev.paddock.sandbox.spi.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads what sessions' documents say of a fresh workspace, and has it made. */
final class Manifests {
  /** Of a session's document: the manifest of its workspace. */
  static final String KEY = "manifest";

  private static final String STAGING = "manifest-staging";

  private final Node node;

  Manifests(Node node) {
    this.node = node;
  }

  /**
   * How one is made.
   *
   * @param base of its local files
   * @param onlyEphemeral whether the rest is there already
   * @param maxTime for each repository and mount
   */
  record Making(
      Optional<LocalBase> base,
      StorageSecrets secrets,
      Consumer<String> progress,
      boolean onlyEphemeral,
      Duration maxTime) {}

  static Optional<WorkspaceManifest> of(ObjectNode document) {
    return document.hasNonNull(KEY)
        ? Optional.of(ManifestReader.read(document.get(KEY)))
        : Optional.empty();
  }

  ManifestCheck check(WorkspaceManifest manifest) {
    return new ManifestCheck(manifest, node.settings().workspace().extraPaths());
  }

  /**
   * A manifest as a session's document has it.
   *
   * @param local whether it may name files of this machine
   * @throws ManifestException that begins with the field that is wrong, or cannot be had here
   */
  ObjectNode accept(JsonNode sent, boolean local) {
    WorkspaceManifest manifest = ManifestReader.read(sent);
    check(manifest).require(local);
    return ManifestWriter.json(manifest);
  }

  /** The secrets that this machine's operator keeps. */
  StorageSecrets operatorSecrets() {
    return (name, hosts) ->
        Optional.ofNullable(node.settings().workspace().secrets().get(name))
            .filter(secret -> secret.isFor(hosts))
            .flatMap(secret -> secret.value(node.environment()));
  }

  /**
   * @param folder that the workspace belongs to
   */
  void apply(WorkspaceManifest manifest, Workspace workspace, Path folder, Making making)
      throws InterruptedException {
    Path staging = folder.resolve(STAGING);
    WorkspaceRemoval.remove(staging); // of a process that was killed
    StorageLimits limits =
        StorageLimits.DEFAULT
            .withMaxBytes(node.settings().workspace().mountBytes())
            .withMaxTime(making.maxTime());
    Sources sources =
        new Sources(
            making.base(),
            (placed, repo, into) -> checkout(placed, repo, into, making.maxTime()),
            (placed, mount, into) ->
                new RcloneStorage(supply(), making.secrets(), limits, making.progress())
                    .copy(placed, mount, into));
    new ManifestApplication(manifest, sources).apply(workspace, staging, making.onlyEphemeral());
  }

  private RcloneStorage.Supply supply() {
    return new RcloneStorage.Supply(
        RcloneStorage.Supply.onPath(node.environment().getOrDefault("PATH", "")),
        node.machineBoxes(),
        node.egress());
  }

  private void checkout(PlacedEntry placed, Entry.GitRepo repo, Path folder, Duration maxTime)
      throws InterruptedException {
    GitProcess git = new GitProcess(Limits.DEFAULT.workspaceBytes(), maxTime);
    try {
      Home.folderOf(folder);
      git.requireGit(Optional.ofNullable(folder.getParent()).orElse(folder));
    } catch (IOException e) {
      throw NodeException.cannotUse(folder, e);
    }
    Optional<GitCheckout.Failure> failure =
        new GitCheckout(node.guard(), git).run(repository(repo), folder, Optional.empty());
    if (failure.isPresent()) {
      throw new ManifestException(
          ErrorCode.UNAVAILABLE,
          "%s: the repository %s cannot be checked out: %s"
              .formatted(placed.field(), repo.repo(), failure.get().message()));
    }
  }

  /**
   * No server finds a commit by a part of its name. What never leaves this machine needs no TLS,
   * for which nobody would certify its name.
   */
  private static Repository repository(Entry.GitRepo repo) {
    boolean own = repo.host().matches("(localhost|127\\.[0-9.]+)(:[0-9]+)?");
    boolean commit = repo.ref().matches("[0-9a-f]{40}|[0-9a-f]{64}");
    return new Repository(
        "%s://%s/%s.git".formatted(own ? "http" : "https", repo.host(), repo.repo()),
        Optional.of(repo.ref()).filter(ref -> !commit),
        Optional.of(repo.ref()).filter(ref -> commit),
        "repository",
        Optional.empty());
  }
}
