package dev.paddock.sandbox;

import java.util.List;
import java.util.stream.Stream;

/**
 * What became of a workspace's files since a manifest. Paths are sorted.
 *
 * @param skipped links and special files, and what could not be looked at
 */
public record WorkspaceChanges(
    List<String> added, List<String> changed, List<String> deleted, List<Skipped> skipped) {

  /** The files that a task leaves. */
  public List<String> addedOrChanged() {
    return Stream.concat(added.stream(), changed.stream()).sorted().toList();
  }
}
