package dev.paddock.node;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.paddock.agent.MemoryBook;
import dev.paddock.agent.SessionDocument.MemoryMount;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.spi.Blobs;
import dev.paddock.sandbox.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The memory stores of a place as folders. Where folder and store last agreed is kept beside the
 * workspace, so that a process that takes over knows who changed what.
 */
final class SessionMemory implements AutoCloseable {
  private static final int ROUNDS = 5;
  private static final int MAX_NOTES = 20;

  private final MemoryBook book;
  private final Blobs blobs;
  private final Path file;
  private final Map<MemoryMount, MemoryFolder> folders = new LinkedHashMap<>();
  private final List<Workspace> own = new ArrayList<>();
  private final Map<String, MemoryBase> bases;
  private final Set<String> told = new HashSet<>();

  /** Whether the folders may have changed since they were last looked at. */
  private boolean dirty = true;

  /**
   * @param file where it keeps its books
   */
  SessionMemory(
      List<MemoryMount> mounts, Workspace workspace, MemoryBook book, Blobs blobs, Path file) {
    this.book = book;
    this.blobs = blobs;
    this.file = file;
    for (MemoryMount mount : mounts) {
      if (mount.readOnly()) {
        Workspace shown = Workspace.open(shown(file, mount), List.of());
        own.add(shown);
        folders.put(mount, new MemoryFolder(shown, ""));
      } else {
        folders.put(mount, new MemoryFolder(workspace, below(mount.path())));
      }
    }
    this.bases = read(file);
  }

  /** The folder of this machine that is mounted for a store that may only be read. */
  static Path shown(Path file, MemoryMount mount) {
    return file.resolveSibling("memory").resolve(mount.storeId());
  }

  private static String below(String path) {
    if (!path.startsWith("/workspace/")) {
      throw new NodeException(
          ErrorCode.INVALID_REQUEST,
          "a memory store that is written must lie below /workspace, not at " + path);
    }
    return path.substring("/workspace/".length());
  }

  private static Map<String, MemoryBase> read(Path file) {
    try {
      return new TreeMap<>(
          Json.mapper()
              .readValue(
                  Files.readAllBytes(file), new TypeReference<Map<String, MemoryBase>>() {}));
    } catch (NoSuchFileException e) {
      return new TreeMap<>();
    } catch (IOException e) {
      throw NodeException.cannotUse(file, e);
    }
  }

  /** To be called before something runs that may write. */
  synchronized void mayChange() {
    dirty = true;
  }

  /**
   * Brings folders and stores to agree.
   *
   * @return what the agent should know, a sentence each, each told once
   */
  synchronized List<String> agree() {
    List<String> notes = new ArrayList<>();
    boolean look = dirty;
    boolean whole = true;
    for (Map.Entry<MemoryMount, MemoryFolder> entry : folders.entrySet()) {
      try {
        notes.addAll(agree(entry.getKey(), entry.getValue(), look));
      } catch (PaddockException e) {
        whole = false;
        notes.add(
            "%s: it is not in step with its store, tried again at the next call: %s"
                .formatted(entry.getKey().path(), e.getMessage()));
      }
    }
    dirty = look && !whole;
    return fresh(notes);
  }

  private List<String> agree(MemoryMount mount, MemoryFolder folder, boolean look) {
    List<String> notes = new ArrayList<>();
    boolean again = true;
    for (int round = 0; again && round < ROUNDS; round++) {
      MemoryBase before = bases.getOrDefault(mount.storeId(), MemoryBase.NONE);
      MemoryStep.Result result = MemoryStep.take(mount, folder, book, blobs, before, look);
      notes.addAll(result.notes());
      again = result.again();
      if (!result.base().equals(before)) {
        bases.put(mount.storeId(), result.base());
        save();
      }
    }
    return notes;
  }

  private List<String> fresh(List<String> notes) {
    List<String> fresh = notes.stream().filter(note -> !told.contains(note)).distinct().toList();
    if (fresh.size() <= MAX_NOTES) {
      told.addAll(fresh);
      return fresh;
    }
    List<String> shown = new ArrayList<>(fresh.subList(0, MAX_NOTES));
    told.addAll(shown);
    shown.add("… and %,d more".formatted(fresh.size() - MAX_NOTES));
    return shown;
  }

  private void save() {
    Path fresh = file.resolveSibling(Ids.next("new"));
    try {
      Files.write(fresh, Json.bytes(bases));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw NodeException.cannotUse(file, e);
    }
  }

  @Override
  public void close() {
    own.forEach(Workspace::close);
  }
}
