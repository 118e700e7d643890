package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * How a task was started on this machine. Its paths mean something here only, so it lies beside the
 * workspace and not in the log.
 *
 * @param agent the agent's folder, shown read-only in the workspace
 * @param prepared whether the workspace holds its copy of {@code in}
 * @param from the digest of the snapshot that the workspace begins with
 * @param manifestBase the folder that local files of the session's manifest lie in
 */
record TaskRecord(
    Path agent,
    Optional<Path> in,
    Optional<Path> out,
    boolean prepared,
    Optional<String> from,
    Optional<Path> manifestBase) {
  private static final String FILE = "task.json";
  private static final int MAX_BYTES = 1 << 20;

  TaskRecord whenPrepared() {
    return new TaskRecord(agent, in, out, true, from, manifestBase);
  }

  TaskRecord withOut(Path folder) {
    return new TaskRecord(agent, in, Optional.of(folder), prepared, from, manifestBase);
  }

  void write(Path folder) {
    try {
      Home.privateFolder(folder);
      Path fresh = folder.resolve(FILE + ".new");
      Files.write(fresh, Json.bytes(this));
      Files.move(
          fresh,
          folder.resolve(FILE),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new NodeException(
          ErrorCode.READ_ONLY, "cannot write to %s: %s".formatted(folder, e), e);
    }
  }

  /** Empty for a session that {@code paddock run} did not start. */
  static Optional<TaskRecord> find(Path folder, SessionId session) {
    return Files.exists(folder.resolve(FILE))
        ? Optional.of(read(folder, session))
        : Optional.empty();
  }

  static TaskRecord read(Path folder, SessionId session) {
    Path file = folder.resolve(FILE);
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new NodeException(ErrorCode.CORRUPT, file + " is too large to be what Paddock wrote");
      }
      return Json.read(Files.readAllBytes(file), TaskRecord.class);
    } catch (NoSuchFileException e) {
      throw new NodeException(
          ErrorCode.NOT_FOUND,
          "session %s was not started by paddock run in this home; its workspace is not here"
              .formatted(session),
          e);
    } catch (IOException e) {
      throw new NodeException(ErrorCode.CORRUPT, "cannot read %s: %s".formatted(file, e), e);
    }
  }
}
