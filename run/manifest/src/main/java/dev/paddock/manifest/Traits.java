package dev.paddock.manifest;

import java.util.Optional;

/**
 * What every entry may say.
 *
 * @param ephemeral left out of snapshots, and made again after one is put back
 * @param group whom it is to belong to
 * @param isDir as it was said; what an entry makes decides its type
 */
public record Traits(
    Optional<String> description,
    boolean ephemeral,
    Optional<Group> group,
    boolean isDir,
    Permissions permissions) {}
