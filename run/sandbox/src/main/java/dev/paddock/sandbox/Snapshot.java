package dev.paddock.sandbox;

import java.util.List;
import java.util.stream.Stream;

/**
 * A workspace as it was at one time, in the store.
 *
 * @param digest by which it is named: the address of its manifest
 * @param addedBytes what it takes that was not stored before
 */
public record Snapshot(String digest, SnapshotManifest manifest, long addedBytes) {

  /** Every blob that it needs. */
  public List<String> blobs() {
    return Stream.concat(
            Stream.of(digest), manifest.parts().stream().map(SnapshotManifest.Part::sha256))
        .distinct()
        .toList();
  }
}
