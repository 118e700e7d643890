package dev.paddock.sandbox.spi;

import java.nio.file.Path;

/**
 * A host file or folder shown read-only.
 *
 * @param box an absolute path below {@code /mnt}, or at least two names below {@code /workspace}
 *     such as {@code /workspace/skills/pdf}
 */
public record ReadOnlyMount(Path host, String box) {}
