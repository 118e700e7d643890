package dev.paddock.manifest;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where entries get their files from.
 *
 * @param base below which files of this machine may be read; empty where nobody may name any
 */
public record Sources(Optional<LocalBase> base, Git git, Bucket storage) {

  /** Checks repositories out. */
  @FunctionalInterface
  public interface Git {
    /**
     * @param folder is not there yet; what it holds is used as it is
     * @throws ManifestException that says why there is none
     */
    void checkout(PlacedEntry placed, Entry.GitRepo repo, Path folder) throws InterruptedException;
  }

  /** Copies files of storage services. */
  @FunctionalInterface
  public interface Bucket {
    /**
     * @param folder is not there yet
     * @throws ManifestException that says why there is none
     */
    void copy(PlacedEntry placed, Entry.Mount mount, Path folder) throws InterruptedException;
  }
}
