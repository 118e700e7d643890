package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file in memory, read-only, for as long as it is reachable. */
final class MappedFile {
  private MappedFile() {}

  static MemorySegment map(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new ModelException(
          ErrorCode.NOT_FOUND, "no model file at %s; pull the model first".formatted(path));
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    } catch (IOException e) {
      throw new ModelException(
          ErrorCode.UNAVAILABLE, "cannot read the model file %s: %s".formatted(path, e), e);
    }
  }
}
