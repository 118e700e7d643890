package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.Patch.Change;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Applies a patch to a workspace, whole or not at all. Every path is checked and every text made
 * before the first file is written. Then the files are written, and only when all are, those that
 * go are removed; a write that fails undoes the writes before it. A removal that fails undoes
 * nothing, since by then every new text has its place; it is told which file stayed.
 */
final class PatchApplier {
  /** What a patch changes or replaces is read whole. */
  static final int MAX_FILE_BYTES = 1 << 20;

  private static final long MAX_TOTAL_BYTES = 64L << 20;

  private final Workspace workspace;
  private final Map<String, Target> targets = new LinkedHashMap<>();
  private final Map<Long, String> names = new HashMap<>();
  private final List<String> summary = new ArrayList<>();
  private long bytesHeld;

  private PatchApplier(Workspace workspace) {
    this.workspace = workspace;
  }

  /**
   * One line a change: {@code A}, {@code M} or {@code D} and the path.
   *
   * @throws SandboxException says what keeps the patch from being applied; nothing is changed then,
   *     or the message names what is
   */
  static List<String> apply(Workspace workspace, Patch patch) {
    PatchApplier applier = new PatchApplier(workspace);
    patch.changes().forEach(applier::plan);
    applier.carryOut();
    return applier.summary;
  }

  /** A file that the patch touches, and what the changes so far make of it. */
  private static final class Target {
    private final Workspace.Location location;
    private final Optional<Stat> stat;

    /** A folder above it that is there already. */
    private final String above;

    private Optional<byte[]> before = Optional.empty();
    private Optional<byte[]> after = Optional.empty();
    private boolean exists;
    private boolean executable;

    private Target(Workspace.Location location, Optional<Stat> stat, String above) {
      this.location = location;
      this.stat = stat;
      this.above = above;
      exists = stat.isPresent();
    }

    private String shown() {
      return location.shown();
    }

    private void become(byte[] bytes) {
      after = Optional.of(bytes);
      exists = true;
    }

    private void vanish() {
      after = Optional.empty();
      exists = false;
    }
  }

  private void plan(Change change) {
    try {
      switch (change) {
        case Patch.Add add -> add(add);
        case Patch.Delete delete -> delete(delete);
        case Patch.Update update -> update(update);
      }
    } catch (SandboxException e) {
      throw new SandboxException(
          e.code(),
          "%s (line %d of the patch; no file was changed)"
              .formatted(e.getMessage().stripTrailing(), change.line()),
          e);
    }
  }

  private void add(Patch.Add add) {
    Target target = target(add.path());
    boolean existed = target.exists;
    replaceable(target);
    target.become(bytes(add.text()));
    summary.add((existed ? "M " : "A ") + target.shown());
  }

  private void delete(Patch.Delete delete) {
    Target target = target(delete.path());
    requireThere(target);
    target.vanish();
    summary.add("D " + target.shown());
  }

  private void update(Patch.Update update) {
    Target source = target(update.path());
    requireThere(source);
    byte[] text = text(source);
    String old =
        FileText.of(text)
            .orElseThrow(
                () ->
                    ToolInput.invalid(
                        source.shown() + ": " + FileText.describe(text, text.length)));
    byte[] patched = bytes(PatchedText.of(source.shown(), old, update.hunks()));
    Target place = update.moveTo().isEmpty() ? source : target(update.moveTo().get());
    if (place == source) {
      source.become(patched);
      summary.add("M " + source.shown());
      return;
    }
    replaceable(place);
    place.become(patched);
    place.executable = source.executable || source.stat.map(Stat::executable).orElse(false);
    source.vanish();
    summary.add("M %s (was %s)".formatted(place.shown(), source.shown()));
  }

  private void requireThere(Target target) {
    if (!target.exists) {
      throw target.stat.isPresent()
          ? ToolInput.invalid(target.shown() + " was deleted earlier in the patch")
          : Suggestion.notFound(workspace, target.location);
    }
  }

  /** Its text is kept until the patch is applied, in case it must be put back. */
  private void replaceable(Target target) {
    if (target.stat.isPresent()) {
      read(target);
    }
  }

  private byte[] text(Target target) {
    return target.after.orElseGet(() -> read(target));
  }

  private byte[] read(Target target) {
    if (target.before.isEmpty()) {
      byte[] bytes = workspace.read(WorkspacePath.ROOT + "/" + target.location.path(), limit());
      hold(bytes.length);
      target.before = Optional.of(bytes);
    }
    return target.before.get();
  }

  private long limit() {
    return Math.min(MAX_FILE_BYTES, MAX_TOTAL_BYTES - bytesHeld);
  }

  private byte[] bytes(String text) {
    byte[] bytes = WriteTool.utf8(text);
    hold(bytes.length);
    return bytes;
  }

  private void hold(long bytes) {
    bytesHeld += bytes;
    if (bytesHeld > MAX_TOTAL_BYTES) {
      throw new SandboxException(
          ErrorCode.LIMIT_EXCEEDED,
          "the files of the patch have more than %s together; apply it in parts"
              .formatted(Verdict.size(MAX_TOTAL_BYTES)));
    }
  }

  private Target target(String path) {
    Workspace.Location location = workspace.locate(path);
    Target known = targets.get(location.shown());
    if (known != null) {
      return known;
    }
    if (!location.writable()) {
      throw new SandboxException(
          ErrorCode.READ_ONLY, location.shown() + " is read-only; choose another folder");
    }
    if (location.path().isEmpty()) {
      throw ToolInput.invalid(path + " is the workspace itself, not a file in it");
    }
    Optional<Stat> stat = stat(location.path());
    stat.ifPresent(found -> requireOwnFile(location, found));
    Target target = new Target(location, stat, folderAbove(location));
    targets.put(location.shown(), target);
    return target;
  }

  private void requireOwnFile(Workspace.Location location, Stat stat) {
    if (stat.kind() != FileKind.FILE) {
      throw ToolInput.invalid(
          "%s: it is %s, not a file".formatted(location.shown(), stat.kind().text()));
    }
    String other = names.putIfAbsent(stat.inode(), location.shown());
    if (other != null) {
      throw ToolInput.invalid(
          "%s and %s are the same file; name it once".formatted(other, location.shown()));
    }
  }

  private String folderAbove(Workspace.Location location) {
    String folder = location.path();
    do {
      folder = folder.substring(0, Math.max(0, folder.lastIndexOf('/')));
      Optional<Stat> found = stat(folder);
      if (found.isPresent() && found.get().kind() != FileKind.FOLDER) {
        throw ToolInput.invalid(
            "%s: %s is %s, not a folder"
                .formatted(location.shown(), folder, found.get().kind().text()));
      }
      if (found.isPresent()) {
        return folder;
      }
    } while (!folder.isEmpty());
    return folder;
  }

  /** Of a path relative to the workspace. */
  private Optional<Stat> stat(String path) {
    return workspace.stat(WorkspacePath.ROOT + "/" + path);
  }

  private void carryOut() {
    List<Target> writes =
        targets.values().stream().filter(target -> target.after.isPresent()).toList();
    long growth =
        writes.stream()
            .mapToLong(target -> length(target.after) - length(target.before))
            .filter(grown -> grown > 0)
            .sum();
    workspace.requireSpace(growth, "the patch");
    Deque<Target> done = new ArrayDeque<>();
    for (Target target : writes) {
      done.push(target);
      try {
        write(target);
      } catch (IOException e) {
        done.pop();
        throw undo(done, Failure.of(target.shown(), e));
      }
    }
    remove(
        targets.values().stream()
            .filter(target -> target.stat.isPresent() && !target.exists)
            .toList());
  }

  private static long length(Optional<byte[]> bytes) {
    return bytes.map(each -> each.length).orElse(0);
  }

  private static void write(Target target) throws IOException {
    byte[] bytes = target.after.orElseThrow();
    target
        .location
        .folder()
        .replace(
            target.location.path(),
            target.executable,
            true,
            file -> file.write(bytes, bytes.length));
  }

  private SandboxException undo(Deque<Target> done, SandboxException cause) {
    List<String> left = new ArrayList<>();
    for (Target target : done) {
      try {
        undo(target);
      } catch (IOException | SandboxException e) {
        cause.addSuppressed(e);
        left.add(target.shown());
      }
    }
    String outcome =
        left.isEmpty()
            ? "no file was changed"
            : "these files are changed, all others are not: " + String.join(", ", left);
    return new SandboxException(
        cause.code(), "%s (%s)".formatted(cause.getMessage(), outcome), cause);
  }

  private void undo(Target target) throws IOException {
    if (target.before.isPresent()) {
      byte[] bytes = target.before.get();
      target
          .location
          .folder()
          .replace(target.location.path(), false, true, file -> file.write(bytes, bytes.length));
    } else {
      workspace.remove(
          WorkspacePath.ROOT + "/" + target.location.path(),
          WorkspacePath.ROOT + "/" + target.above);
    }
  }

  private static void remove(List<Target> gone) {
    for (Target target : gone) {
      try {
        target.location.folder().remove(target.location.path(), false);
      } catch (Errno e) {
        throw new SandboxException(
            Failure.of(target.shown(), e).code(),
            "all files of the patch are written, but %s could not be removed: %s"
                .formatted(target.shown(), e.text()),
            e);
      }
    }
  }
}
