package dev.paddock.node;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a task leaves.
 *
 * @param out where the files were written; empty when they only were listed
 * @param files that the agent added or changed, those of {@code outputs/} without that prefix
 * @param deleted files of the input that the agent deleted
 * @param notes what was left out or replaced, a sentence each
 */
public record Delivery(
    Optional<Path> out, List<File> files, List<String> deleted, List<String> notes) {

  /** One file. */
  public record File(String path, long bytes) {}
}
