package dev.paddock.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.MemoryBook;
import dev.paddock.agent.MemoryConflictException;
import dev.paddock.agent.SessionDocument.MemoryMount;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Resource;
import dev.paddock.node.MemoryBase.Memory;
import dev.paddock.node.MemoryFolder.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Brings one folder and its store to agree, from where they last did. What only one of them changed
 * the other one takes over; where both did, the store's text has the path and the folder's is kept
 * beside.
 */
final class MemoryStep {
  private static final String KEPT = ".paddock/memory/";

  private final MemoryMount mount;
  private final MemoryFolder folder;
  private final MemoryBook book;
  private final Blobs blobs;
  private final Map<String, Memory> base;
  private final List<String> notes = new ArrayList<>();
  private boolean again;

  private MemoryStep(
      MemoryMount mount, MemoryFolder folder, MemoryBook book, Blobs blobs, MemoryBase base) {
    this.mount = mount;
    this.folder = folder;
    this.book = book;
    this.blobs = blobs;
    this.base = new TreeMap<>(base.memories());
  }

  /**
   * What a step came to.
   *
   * @param again whether someone else was faster, so that another step has something to do
   */
  record Result(MemoryBase base, List<String> notes, boolean again) {}

  /**
   * @param look whether the folder may have changed
   */
  static Result take(
      MemoryMount mount,
      MemoryFolder folder,
      MemoryBook book,
      Blobs blobs,
      MemoryBase base,
      boolean look) {
    MemoryStep step = new MemoryStep(mount, folder, book, blobs, base);
    Optional<Resource> store = book.findStore(mount.storeId());
    if (store.isEmpty()) {
      step.note("", "the store was deleted; nothing is saved");
      return new Result(base, step.notes, false);
    }
    boolean moved = store.get().version() != base.storeVersion();
    if (!moved && !look) {
      return new Result(base, List.of(), false);
    }
    Map<String, Memory> there = moved ? step.stored() : Map.copyOf(step.base);
    step.agree(there, look ? step.lying() : step.unchanged());
    return new Result(new MemoryBase(store.get().version(), step.base), step.notes, step.again);
  }

  private Map<String, Memory> stored() {
    Map<String, Memory> memories = new TreeMap<>();
    for (Resource resource : book.memories(mount.storeId())) {
      ObjectNode memory = resource.document();
      memories.put(
          memory.path("path").asText(),
          new Memory(memory.path("id").asText(), memory.path("content_sha256").asText()));
    }
    return memories;
  }

  private Map<String, Found> lying() {
    return folder.list(base.keySet(), blobs::put);
  }

  private Map<String, Found> unchanged() {
    Map<String, Found> found = new TreeMap<>();
    base.forEach((path, memory) -> found.put(path, new Found.Text(memory.sha256(), 0)));
    return found;
  }

  private static Optional<String> digest(Map<String, Memory> memories, String path) {
    return Optional.ofNullable(memories.get(path)).map(Memory::sha256);
  }

  /** Takes away first, so that a folder can become a file and a file a folder. */
  private void agree(Map<String, Memory> there, Map<String, Found> here) {
    Set<String> paths = new TreeSet<>(there.keySet());
    paths.addAll(here.keySet());
    paths.addAll(base.keySet());
    List<Runnable> removals = new ArrayList<>();
    List<Runnable> writes = new ArrayList<>();
    for (String path : paths) {
      Optional<Memory> stored = Optional.ofNullable(there.get(path));
      Optional<String> known = digest(base, path);
      Optional<String> wanted = stored.map(Memory::sha256);
      Found found = here.get(path);
      if (found instanceof Found.Unfit unfit) {
        note(path, unfit.why() + "; it is not saved");
        continue;
      }
      Optional<Found.Text> text = Optional.ofNullable(found).map(Found.Text.class::cast);
      Optional<String> lying = text.map(Found.Text::sha256);
      if (lying.equals(wanted)) {
        set(path, stored);
      } else if (lying.equals(known) || mount.readOnly()) {
        (stored.isPresent() ? writes : removals).add(() -> pull(path, stored));
      } else if (!wanted.equals(known)) {
        removals.add(() -> keep(path, text, stored));
        writes.add(() -> pull(path, stored));
      } else {
        (text.isPresent() ? writes : removals).add(() -> push(path, text, stored));
      }
    }
    removals.forEach(Runnable::run);
    writes.forEach(Runnable::run);
  }

  private void set(String path, Optional<Memory> memory) {
    memory.ifPresentOrElse(now -> base.put(path, now), () -> base.remove(path));
  }

  private void pull(String path, Optional<Memory> stored) {
    try {
      if (stored.isPresent()) {
        Optional<byte[]> text = blobs.read(stored.get().sha256(), MemoryBook.MAX_BYTES);
        folder.write(
            path,
            text.orElseThrow(
                () -> new NodeException(ErrorCode.NOT_FOUND, "its text is not there any more")));
      } else {
        folder.remove(path);
      }
      set(path, stored);
    } catch (PaddockException e) {
      note(path, "the store's version cannot be shown: " + e.getMessage());
    }
  }

  private void keep(String path, Optional<Found.Text> text, Optional<Memory> stored) {
    String theirs = stored.isPresent() ? "their version has the path now" : "they deleted it";
    if (text.isEmpty()) {
      note(path, "someone else changed it while you deleted it; " + theirs);
      return;
    }
    String copy = KEPT + mount.storeId() + path + "." + text.get().sha256().substring(0, 8);
    try {
      folder.copy(path, copy);
      note(
          path,
          "someone else changed it meanwhile; %s, yours is kept in /workspace/%s"
              .formatted(theirs, copy));
    } catch (PaddockException e) {
      note(
          path,
          "someone else changed it meanwhile; %s, yours is lost: %s"
              .formatted(theirs, e.getMessage()));
    }
  }

  private void push(String path, Optional<Found.Text> text, Optional<Memory> stored) {
    String store = mount.storeId();
    Optional<String> expected = stored.map(Memory::sha256);
    try {
      if (text.isEmpty()) {
        book.delete(store, stored.map(Memory::id).orElse(""), expected);
        base.remove(path);
        return;
      }
      MemoryBook.Content content = new MemoryBook.Content(text.get().sha256(), text.get().bytes());
      ObjectNode memory =
          stored.isPresent()
              ? book.update(
                  store, stored.get().id(), Optional.empty(), Optional.of(content), expected)
              : book.create(store, path, content);
      base.put(path, new Memory(memory.path("id").asText(), content.sha256()));
    } catch (MemoryConflictException e) {
      if (e.path().isEmpty() || e.path().equals(path)) {
        again = true;
      } else {
        note(path, "it is not saved: " + e.getMessage());
      }
    } catch (PaddockException e) {
      if (stored.isPresent() && e.code() == ErrorCode.NOT_FOUND) {
        again = true;
      } else {
        note(path, "it is not saved: " + e.getMessage());
      }
    }
  }

  private void note(String path, String what) {
    notes.add("%s%s: %s".formatted(mount.path(), path, what));
  }
}
