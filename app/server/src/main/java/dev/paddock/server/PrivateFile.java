package dev.paddock.server;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that its owner alone may read, such as a key's. */
final class PrivateFile {
  static final Set<PosixFilePermission> PERMISSIONS = PosixFilePermissions.fromString("rw-------");

  private PrivateFile() {}

  /**
   * Makes it unless it is there. A link comes into being whole or not at all, and never replaces a
   * file: of two processes that start at once both end up with one of them.
   */
  static void make(Path file, byte[] bytes) throws IOException {
    Path fresh =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            "." + file.getFileName(),
            ".new",
            PosixFilePermissions.asFileAttribute(PERMISSIONS));
    try {
      Files.write(fresh, bytes);
      Files.createLink(file, fresh);
    } catch (FileAlreadyExistsException e) {
      // Another process made it at the same moment; theirs is the one.
    } finally {
      Files.delete(fresh);
    }
  }
}
