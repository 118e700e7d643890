package dev.paddock.sandbox;

/** Takes the content of a file that is being written. */
final class FileWriter {
  private static final int CHUNK = 64 << 10;

  private final Fd file;

  FileWriter(Fd file) {
    this.file = file;
  }

  void write(byte[] bytes, int length) throws Errno {
    for (int done = 0; done < length; done += CHUNK) {
      Posix.write(file.number(), bytes, done, Math.min(CHUNK, length - done));
    }
  }

  void setModified(long nanos) throws Errno {
    Posix.setModified(file.number(), nanos);
  }
}
