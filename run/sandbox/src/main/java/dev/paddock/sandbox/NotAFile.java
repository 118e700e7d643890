package dev.paddock.sandbox;

import java.io.IOException;

/** Something else stands where a regular file was asked for. */
final class NotAFile extends IOException {
  private static final long serialVersionUID = 1L;

  NotAFile(FileKind kind) {
    super("it is " + kind.text() + ", not a file");
  }
}
