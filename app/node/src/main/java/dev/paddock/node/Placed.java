package dev.paddock.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Remembers beside a workspace that something was put there once: the agent may have changed it.
 */
record Placed(Path marker) {
  /**
   * @param folder that the workspace belongs to
   * @param path in the workspace
   * @param what was put there
   */
  static Placed of(Path folder, String path, String what) {
    return new Placed(folder.resolve("placed").resolve(Digests.of(Map.of(path, what))));
  }

  boolean done() {
    return Files.exists(marker);
  }

  void mark() {
    try {
      Home.folderOf(marker);
      Files.createFile(marker);
    } catch (IOException e) {
      throw NodeException.cannotUse(marker, e);
    }
  }
}
