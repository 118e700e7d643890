package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The folders of the user that a workspace is filled from and written to. */
public final class TransferFolders {
  private TransferFolders() {}

  /**
   * Checks both folders before anything runs and changes nothing: the source is a folder that can
   * be read, the target is one that can be written or made, and does not lie in the source.
   */
  public static void preflight(Optional<Path> source, Optional<Path> target) {
    source.ifPresent(TransferFolders::requireReadable);
    target.ifPresent(TransferFolders::requireWritable);
    if (source.isPresent() && target.isPresent()) {
      Path in = real(source.get());
      if (real(target.get()).startsWith(in)) {
        throw new SandboxException(
            ErrorCode.INVALID_REQUEST,
            "the output folder %s lies in the input folder %s, which is never changed; choose another"
                .formatted(target.get(), source.get()));
      }
    }
  }

  private static void requireReadable(Path source) {
    if (!Files.exists(source)) {
      throw new SandboxException(ErrorCode.NOT_FOUND, "no such folder: " + source);
    }
    if (!Files.isDirectory(source)) {
      throw new SandboxException(ErrorCode.INVALID_REQUEST, source + " is not a folder");
    }
    if (!Files.isReadable(source) || !Files.isExecutable(source)) {
      throw new SandboxException(ErrorCode.PERMISSION_DENIED, source + " cannot be read");
    }
  }

  private static void requireWritable(Path target) {
    Path existing = nearestExisting(target);
    if (!Files.isDirectory(existing)) {
      throw new SandboxException(
          ErrorCode.INVALID_REQUEST,
          "cannot write to %s: %s is not a folder".formatted(target, existing));
    }
    try {
      probe(existing);
    } catch (IOException e) {
      throw new SandboxException(
          ErrorCode.PERMISSION_DENIED,
          "cannot write to %s: no file can be made in %s".formatted(target, existing),
          e);
    }
  }

  /** The permission bits alone do not tell a read-only or special file system. */
  private static void probe(Path folder) throws IOException {
    Files.delete(Files.createTempFile(folder, RootFolder.UNFINISHED, ""));
  }

  private static Path nearestExisting(Path path) {
    Path at = path.toAbsolutePath().normalize();
    while (!Files.exists(at)) {
      Path parent = at.getParent();
      if (parent == null) {
        return at;
      }
      at = parent;
    }
    return at;
  }

  private static Path real(Path path) {
    Path existing = nearestExisting(path);
    Path rest = existing.relativize(path.toAbsolutePath().normalize());
    try {
      return existing.toRealPath().resolve(rest).normalize();
    } catch (IOException e) {
      throw Failure.of(path.toString(), e);
    }
  }

  /**
   * The path of one folder in another, whatever links lead to them; empty where it lies elsewhere.
   */
  static Optional<String> below(Path folder, Path other) {
    Path outer = real(folder);
    Path inner = real(other);
    return inner.startsWith(outer) && !inner.equals(outer)
        ? Optional.of(PathText.encode(RootFolder.bytesOf(outer.relativize(inner))))
        : Optional.empty();
  }
}
