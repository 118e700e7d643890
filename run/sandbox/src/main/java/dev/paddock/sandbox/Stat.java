package dev.paddock.sandbox;

/**
 * What the kernel says of a file. A file's owner can set {@code modifiedNanos}, but not {@code
 * changedNanos}.
 *
 * @param onDisk bytes that it takes, less than its size where it has holes
 */
record Stat(int mode, long size, long onDisk, long inode, long modifiedNanos, long changedNanos) {
  private static final int KIND = 0xf000;

  FileKind kind() {
    return switch (mode & KIND) {
      case 0x8000 -> FileKind.FILE;
      case 0x4000 -> FileKind.FOLDER;
      case 0xa000 -> FileKind.LINK;
      case 0x1000 -> FileKind.PIPE;
      case 0xc000 -> FileKind.SOCKET;
      default -> FileKind.DEVICE;
    };
  }

  boolean executable() {
    return (mode & 0100) != 0;
  }
}
