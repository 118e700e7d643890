package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.CallJournal;
import dev.paddock.core.spi.Hands.Outcome;
import dev.paddock.core.spi.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A session's calls where processes on several machines may run it, one after the other. Each
 * writes a file that no other one holds, and reads all of them; a process that was only paused
 * cannot keep the next one waiting.
 */
public final class SharedJournal implements CallJournal {
  private static final int MAX_FILES = 1000;

  private final Path path;
  private final int number;
  private final FileJournal own;
  private final Blobs blobs;
  private final Map<Path, View> views = new HashMap<>();

  /** Another's file as it was when it had that size. */
  private record View(FileJournal journal, long size) {}

  private SharedJournal(Path path, int number, FileJournal own, Blobs blobs) {
    this.path = path;
    this.number = number;
    this.own = own;
    this.blobs = blobs;
  }

  /** The first of {@code path}, {@code path.1}, {@code path.2} … that no other process holds. */
  public static SharedJournal open(Path path, Blobs blobs) {
    for (int number = 0; number < MAX_FILES; number++) {
      try {
        return new SharedJournal(path, number, FileJournal.open(file(path, number), blobs), blobs);
      } catch (SandboxException e) {
        if (e.code() != ErrorCode.BUSY) {
          throw e;
        }
      }
    }
    throw new SandboxException(
        ErrorCode.BUSY,
        "%s and %,d more of its files are in use; end the processes that run this session"
            .formatted(path, MAX_FILES - 1));
  }

  private static Path file(Path path, int number) {
    return number == 0 ? path : path.resolveSibling(path.getFileName() + "." + number);
  }

  /**
   * Where two processes begin the same call at the same instant, each that sees the other leaves it
   * alone.
   */
  @Override
  public synchronized boolean begin(EventId callId) {
    return lookup(callId) instanceof Outcome.NotStarted
        && own.begin(callId)
        && others().stream().allMatch(other -> other.lookup(callId) instanceof Outcome.NotStarted);
  }

  @Override
  public void complete(EventId callId, ToolResult result) {
    own.complete(callId, result);
  }

  /** A result from any file; else begun, if any says so. */
  @Override
  public synchronized Outcome lookup(EventId callId) {
    Outcome known = own.lookup(callId);
    if (known instanceof Outcome.Done) {
      return known;
    }
    for (FileJournal other : others()) {
      Outcome there = other.lookup(callId);
      if (there instanceof Outcome.Done) {
        return there;
      }
      known = there instanceof Outcome.NotStarted ? known : there;
    }
    return known;
  }

  private List<FileJournal> others() {
    List<FileJournal> all = new ArrayList<>();
    for (int i = 0; i < MAX_FILES; i++) {
      Path file = file(path, i);
      if (i == number) {
        continue;
      }
      try {
        all.add(view(file, Files.size(file)));
      } catch (NoSuchFileException last) {
        break;
      } catch (IOException e) {
        throw new SandboxException(
            ErrorCode.UNAVAILABLE, "cannot read the call journal %s: %s".formatted(file, e), e);
      }
    }
    return all;
  }

  private FileJournal view(Path file, long size) {
    View known = views.get(file);
    if (known == null || known.size() != size) {
      if (known != null) {
        known.journal().close();
      }
      known = new View(FileJournal.view(file, blobs), size);
      views.put(file, known);
    }
    return known.journal();
  }

  @Override
  public synchronized void close() {
    views.values().forEach(view -> view.journal().close());
    own.close();
  }
}
