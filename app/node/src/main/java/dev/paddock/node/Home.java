package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.SessionId;
import dev.paddock.core.Sha256;
import dev.paddock.egress.EgressService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * Where things lie.
 *
 * @param root all state, mode 0700
 * @param cache what can be fetched again
 * @param files workspaces and call journals; shared by all nodes of one database
 */
public record Home(Path root, Path cache, Path files) {

  /** From {@code PADDOCK_HOME}, {@code PADDOCK_CACHE} and {@code PADDOCK_FILES}. */
  public static Home of(Map<String, String> environment) {
    Path user = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", "/")));
    Path root = place(environment, "PADDOCK_HOME", "XDG_DATA_HOME", user.resolve(".local/share"));
    Path cache = place(environment, "PADDOCK_CACHE", "XDG_CACHE_HOME", user.resolve(".cache"));
    String files = environment.getOrDefault("PADDOCK_FILES", "");
    return new Home(root, cache, files.isEmpty() ? root.resolve("files") : absolute(files));
  }

  private static Path place(
      Map<String, String> environment, String own, String xdg, Path fallback) {
    String value = environment.getOrDefault(own, "");
    if (!value.isEmpty()) {
      return absolute(value);
    }
    String base = environment.getOrDefault(xdg, "");
    return (base.isEmpty() ? fallback : absolute(base)).resolve("paddock");
  }

  private static Path absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize();
  }

  /** Makes the folders that are missing. */
  public void create() {
    try {
      privateFolder(root);
      privateFolder(files);
    } catch (IOException e) {
      throw new NodeException(
          ErrorCode.READ_ONLY,
          "cannot use %s as Paddock's home: %s. Make it writable, or set PADDOCK_HOME to another folder"
              .formatted(root, e),
          e);
    }
  }

  public Path config() {
    return root.resolve("config.toml");
  }

  public Path models() {
    return cache.resolve("models");
  }

  /** What was typed in chats; its folder is private. */
  public Path chatHistory() {
    return cache.resolve("history").resolve("chat");
  }

  /**
   * Where sockets of this machine's processes lie. A socket's path is short, so that a home with a
   * long one has them elsewhere, in a folder that its own path names.
   */
  public Path egress() {
    Path own = root.resolve("egress");
    return EgressService.fits(own)
        ? own
        : Path.of(System.getProperty("java.io.tmpdir", "/tmp"))
            .resolve("paddock-" + Sha256.hex(root.toString()).substring(0, 16));
  }

  /** The folder of a session: its workspace, its call journal, how it was started. */
  public Path session(SessionId id) {
    return files.resolve("sessions").resolve(id.value());
  }

  /** The folder of a workspace that several sessions share. */
  public Path workspace(String id) {
    return files.resolve("workspaces").resolve(id);
  }

  /** What sandboxes need while their process lives. */
  Path sandboxes() {
    return files.resolve("sandboxes");
  }

  /** Where workspaces are made before they get their place. */
  Path restoring() {
    return files.resolve("restoring");
  }

  /** Makes the folder that a file is to lie in. */
  static void folderOf(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder != null) {
      privateFolder(folder);
    }
  }

  static void privateFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }
}
