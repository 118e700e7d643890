package dev.paddock.provider;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The first 24 bytes of a GGUF file: enough to refuse what is none before it is kept. */
record GgufHeader(int version, long tensors, long metadata) {
  private static final int MAGIC = 0x46554747;
  private static final long MOST = 1_000_000;

  static GgufHeader read(Path file, String shown) {
    ByteBuffer head = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel in = FileChannel.open(file)) {
      while (head.hasRemaining() && in.read(head) >= 0) {
        // A file may hand out its first bytes in pieces.
      }
    } catch (IOException e) {
      throw new ModelException(
          ErrorCode.NOT_FOUND, shown + " cannot be read: " + e.getMessage(), e);
    }
    head.flip();
    if (head.remaining() < 24 || head.getInt() != MAGIC) {
      throw new ModelException(
          ErrorCode.CORRUPT,
          shown + " is no GGUF model file; models are pulled as single .gguf files");
    }
    GgufHeader header = new GgufHeader(head.getInt(), head.getLong(), head.getLong());
    if (header.version < 2 || header.version > 3) {
      throw new ModelException(
          ErrorCode.CORRUPT,
          "%s is GGUF version %d; versions 2 and 3 can be read".formatted(shown, header.version));
    }
    if (header.tensors <= 0
        || header.tensors > MOST
        || header.metadata <= 0
        || header.metadata > MOST) {
      throw new ModelException(
          ErrorCode.CORRUPT,
          "%s is damaged: it claims %d tensors and %d metadata entries"
              .formatted(shown, header.tensors, header.metadata));
    }
    return header;
  }
}
