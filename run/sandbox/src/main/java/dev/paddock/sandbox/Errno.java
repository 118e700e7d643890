package dev.paddock.sandbox;

import java.io.IOException;

/** A system call that failed, with the number the kernel gave. */
final class Errno extends IOException {
  private static final long serialVersionUID = 1L;

  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EIO = 5;
  static final int ENXIO = 6;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int EEXIST = 17;
  static final int EXDEV = 18;
  static final int ENODEV = 19;
  static final int ENOTDIR = 20;
  static final int EISDIR = 21;
  static final int EINVAL = 22;
  static final int ENFILE = 23;
  static final int EMFILE = 24;
  static final int EFBIG = 27;
  static final int ENOSPC = 28;
  static final int EROFS = 30;
  static final int ENAMETOOLONG = 36;
  static final int ENOSYS = 38;
  static final int ENOTEMPTY = 39;
  static final int ELOOP = 40;
  static final int EDQUOT = 122;

  private final int number;

  Errno(String call, int number) {
    super(call + ": " + text(number));
    this.number = number;
  }

  int number() {
    return number;
  }

  boolean is(int... numbers) {
    for (int candidate : numbers) {
      if (candidate == number) {
        return true;
      }
    }
    return false;
  }

  String text() {
    return text(number);
  }

  private static String text(int number) {
    return switch (number) {
      case EPERM -> "operation not permitted";
      case ENOENT -> "no such file or folder";
      case EIO -> "the disk reports an error";
      case ENXIO -> "no such device, or a pipe without a reader";
      case EACCES -> "permission denied";
      case EEXIST -> "it exists already";
      case EXDEV -> "it leads outside";
      case ENODEV -> "no such device";
      case ENOTDIR -> "a part of the path is not a folder";
      case EISDIR -> "it is a folder";
      case EMFILE, ENFILE -> "too many open files";
      case EFBIG -> "the file would be too large";
      case ENOSPC -> "no space left on the disk";
      case EROFS -> "the disk is read-only";
      case ENAMETOOLONG -> "the name is too long";
      case ENOTEMPTY -> "the folder is not empty";
      case ELOOP -> "too many links, or a link where none may be";
      case EDQUOT -> "the disk quota is used up";
      default -> "error " + number;
    };
  }
}
