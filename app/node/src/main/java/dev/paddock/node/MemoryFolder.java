package dev.paddock.node;

import dev.paddock.agent.MemoryBook;
import dev.paddock.agent.MemoryPath;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import dev.paddock.core.spi.WorkspaceFiles.Entry;
import dev.paddock.sandbox.Workspace;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A folder as a memory store would have it: texts by path. What lies there is an agent's and
 * hostile; links and special files are never followed or read.
 */
final class MemoryFolder {
  /** A file that changed twice within a file system's tick looks unchanged. */
  private static final Duration TICK = Duration.ofSeconds(2);

  private final Workspace workspace;
  private final String folder;
  private final Map<String, Known> known = new HashMap<>();

  /** A file as it was when it was last read. */
  private record Known(long size, Instant modified, Found found) {}

  /** What lies at a path. */
  sealed interface Found {
    /** Text that a memory can have. */
    record Text(String sha256, int bytes) implements Found {}

    /** Something else, and why it cannot be a memory. */
    record Unfit(String why) implements Found {}
  }

  /** Takes bytes whose digest it gives, and keeps them where they can be asked for. */
  @FunctionalInterface
  interface Keeper {
    String keep(byte[] bytes);
  }

  /**
   * @param folder relative to the workspace; empty for all of it
   */
  MemoryFolder(Workspace workspace, String folder) {
    this.workspace = workspace;
    this.folder = folder;
  }

  private String at(String path) {
    return folder.isEmpty() ? path.substring(1) : folder + path;
  }

  /**
   * What lies here.
   *
   * @param expected paths that were here; what cannot be seen any more, but is not gone, is unfit
   * @throws PaddockException when the folder cannot be looked through
   */
  Map<String, Found> list(Iterable<String> expected, Keeper keeper) {
    Map<String, Found> found = new TreeMap<>();
    for (Entry entry : files()) {
      if (!entry.isFolder()) {
        String path = "/" + entry.path().substring(folder.isEmpty() ? 0 : folder.length() + 1);
        found.put(path, found(path, entry, keeper));
        if (found.size() > MemoryBook.MAX_MEMORIES) {
          throw new NodeException(
              ErrorCode.LIMIT_EXCEEDED, "more than %,d files".formatted(MemoryBook.MAX_MEMORIES));
        }
      }
    }
    for (String path : expected) {
      if (!found.containsKey(path) && exists(path)) {
        found.put(path, new Found.Unfit("it is a link, a special file, or cannot be read"));
      }
    }
    known.keySet().retainAll(found.keySet());
    return found;
  }

  private Iterable<Entry> files() {
    try {
      return workspace.list(folder.isEmpty() ? "." : folder, true);
    } catch (PaddockException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }

  private boolean exists(String path) {
    try {
      return workspace.entry(at(path)).isPresent();
    } catch (PaddockException e) {
      return true;
    }
  }

  private Found found(String path, Entry entry, Keeper keeper) {
    Known before = known.get(path);
    if (before != null
        && before.size() == entry.size()
        && before.modified().equals(entry.modified())) {
      return before.found();
    }
    Found found = read(path, entry, keeper);
    if (entry.modified().isBefore(Instant.now().minus(TICK))) {
      known.put(path, new Known(entry.size(), entry.modified(), found));
    }
    return found;
  }

  private Found read(String path, Entry entry, Keeper keeper) {
    Optional<String> violation = MemoryPath.violation(path);
    if (violation.isPresent()) {
      return new Found.Unfit("its path " + violation.get());
    }
    if (entry.size() > MemoryBook.MAX_BYTES) {
      return tooLarge();
    }
    try {
      byte[] bytes = workspace.read(at(path), MemoryBook.MAX_BYTES);
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return new Found.Text(keeper.keep(bytes), bytes.length);
    } catch (CharacterCodingException e) {
      return new Found.Unfit("it is not UTF-8 text");
    } catch (PaddockException e) {
      return e.code() == ErrorCode.LIMIT_EXCEEDED ? tooLarge() : new Found.Unfit(e.getMessage());
    }
  }

  private static Found tooLarge() {
    return new Found.Unfit("a memory has at most %,d bytes".formatted(MemoryBook.MAX_BYTES));
  }

  void write(String path, byte[] text) {
    workspace.write(at(path), text);
  }

  void remove(String path) {
    workspace.remove(at(path), folder.isEmpty() ? "." : folder);
  }

  /** Puts a file's text somewhere else in the workspace. */
  void copy(String path, String to) {
    workspace.write(to, workspace.read(at(path), MemoryBook.MAX_BYTES));
  }
}
