package dev.paddock.sandbox;

import java.util.Optional;

/** What a name in a folder stands for. */
enum FileKind {
  FILE("a file"),
  FOLDER("a folder"),
  LINK("a link"),
  PIPE("a pipe"),
  SOCKET("a socket"),
  DEVICE("a device");

  private final String text;

  FileKind(String text) {
    this.text = text;
  }

  /** With its article. */
  String text() {
    return text;
  }

  /** Of a {@code d_type}; a file system that does not tell them gives 0. */
  static Optional<FileKind> ofDirectoryEntry(int type) {
    return Optional.ofNullable(
        switch (type) {
          case 1 -> PIPE;
          case 2, 6 -> DEVICE;
          case 4 -> FOLDER;
          case 8 -> FILE;
          case 10 -> LINK;
          case 12 -> SOCKET;
          default -> null;
        });
  }
}
