package dev.paddock.extract;

import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.WorkspaceFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A workspace in memory. */
final class TestingFiles implements WorkspaceFiles {
  private final Map<String, byte[]> files = new TreeMap<>();

  TestingFiles put(String path, String text) {
    return put(path, text.getBytes(StandardCharsets.UTF_8));
  }

  TestingFiles put(String path, byte[] bytes) {
    files.put(path, bytes);
    return this;
  }

  /** Copies the files of a folder. */
  TestingFiles putAll(String path, Path folder) {
    try (Stream<Path> found = Files.walk(folder)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        put(path + "/" + folder.relativize(file), Files.readAllBytes(file));
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text(String path) {
    return new String(read(path, Long.MAX_VALUE), StandardCharsets.UTF_8);
  }

  @Override
  public List<String> glob(String pattern) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    return files.keySet().stream().filter(path -> matcher.matches(Path.of(path))).toList();
  }

  @Override
  public byte[] read(String path, long maxBytes) {
    byte[] bytes = files.get(path);
    if (bytes == null) {
      throw new CoreException(ErrorCode.NOT_FOUND, "no such file: " + path);
    }
    if (bytes.length > maxBytes) {
      throw new CoreException(
          ErrorCode.LIMIT_EXCEEDED, "%s is larger than %d bytes".formatted(path, maxBytes));
    }
    return bytes;
  }

  @Override
  public void write(String path, byte[] bytes) {
    files.put(path, bytes);
  }
}
