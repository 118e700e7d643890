package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.SessionId;
import dev.paddock.node.Delivery;
import dev.paddock.sandbox.ProtectedPaths;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files that a server keeps of a session. Their names are the agent's and not trusted. */
record RemoteFiles(RemoteServer server, SessionId session) {
  private static final int MAX_FILES = 10_000;

  Delivery deliver(Optional<Path> out) throws InterruptedException {
    List<JsonNode> found = new ArrayList<>();
    server.list("/v1/files", Map.of("scope_id", session.value()), MAX_FILES, found::add);
    List<Delivery.File> files = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Optional<ProtectedPaths> protection = out.map(ProtectedPaths::in);
    for (JsonNode file : found) {
      String path = file.path("path").asText(file.path("filename").asText());
      if (!plain(path)) {
        notes.add("%s was left out: no path of a file".formatted(path));
        continue;
      }
      Optional<String> unasked = protection.flatMap(paths -> paths.reason(path));
      if (unasked.isPresent()) {
        notes.add("%s was left out: %s".formatted(path, unasked.get()));
        continue;
      }
      if (out.isPresent()) {
        write(file, out.get(), path);
      }
      files.add(new Delivery.File(path, file.path("size_bytes").asLong()));
    }
    return new Delivery(out, files, List.of(), notes);
  }

  static boolean plain(String path) {
    return path.length() <= 4096
        && path.codePoints().noneMatch(Character::isISOControl)
        && List.of(path.split("/", -1)).stream()
            .noneMatch(s -> s.isBlank() || s.equals(".") || s.equals(".."));
  }

  private void write(JsonNode file, Path out, String path) throws InterruptedException {
    String id = file.path("id").asText();
    if (!id.matches("file_[A-Za-z0-9_-]{1,120}")) {
      throw new RemoteException(ErrorCode.UNAVAILABLE, "the server names a file without an id");
    }
    try {
      Path folder = folder(out, path);
      Path target = folder.resolve(path.substring(path.lastIndexOf('/') + 1));
      Path fresh = folder.resolve("." + Ids.next("new"));
      try (InputStream bytes = server.download("/v1/files/" + id + "/content")) {
        Files.copy(bytes, fresh);
        Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw new RemoteException(
          ErrorCode.READ_ONLY, "cannot write %s: %s".formatted(out.resolve(path), e), e);
    }
  }

  /** Made folder by folder; a link on the way would lead somewhere else. */
  private static Path folder(Path out, String path) throws IOException {
    Path folder = Files.createDirectories(out.toAbsolutePath());
    String[] names = path.split("/");
    for (int i = 0; i < names.length - 1; i++) {
      folder = folder.resolve(names[i]);
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(folder);
      }
    }
    return folder;
  }
}
