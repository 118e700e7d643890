package dev.paddock.node;

import dev.paddock.store.PruneRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/** A prune after a long time. */
final class TestingPrune {
  private TestingPrune() {}

  /** As if all blobs were old; returns how many went. */
  static int blobs(Node node) throws IOException {
    try (var blobs = Files.walk(node.home().files().resolve("sha256"))) {
      for (Path blob : blobs.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(blob, FileTime.from(Instant.now().minusSeconds(100_000)));
      }
    }
    return node.tasks().prune(PruneRule.blobsOnly()).blobs();
  }
}
