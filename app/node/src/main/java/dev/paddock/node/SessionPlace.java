package dev.paddock.node;

import dev.paddock.agent.SessionDocument;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.manifest.WorkspaceManifest;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a session works.
 *
 * @param folder of the workspace and what belongs to it
 * @param key the same for sessions that share a workspace
 * @param workspace the folder shown as {@code /workspace}; it exists
 * @param mounts what else its box shows, all of which exists
 * @param variables of the box's environment
 * @param copies files that are put into the workspace once
 * @param owner the session that works here, itself or by its threads
 * @param repositories that are put into the workspace once
 * @param manifest what is made in the workspace once
 * @param manifestBase where its local files lie
 * @param memory stores that folders of the place are kept in step with
 */
record SessionPlace(
    String key,
    Path folder,
    Path workspace,
    List<ReadOnlyMount> mounts,
    Map<String, String> variables,
    List<SessionDocument.FileMount> copies,
    SessionRecord owner,
    List<SessionDocument.MemoryMount> memory,
    List<SessionDocument.Repository> repositories,
    Optional<WorkspaceManifest> manifest,
    Optional<Path> manifestBase) {

  /** Where the books of its memory stores are kept. */
  Path memoryFile() {
    return memoryFile(folder);
  }

  static Path memoryFile(Path folder) {
    return folder.resolve("memory.json");
  }

  /** Whether a box made for one shows what the other asks for. */
  boolean shows(SessionPlace other) {
    return workspace.equals(other.workspace)
        && mounts.equals(other.mounts)
        && variables.equals(other.variables)
        && memory.equals(other.memory)
        && repositories.equals(other.repositories)
        && manifest.equals(other.manifest);
  }
}
