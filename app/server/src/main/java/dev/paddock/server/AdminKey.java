package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Sha256;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;

/** The administrator's key: {@code PADDOCK_API_KEY}, else a file that the first start makes. */
public final class AdminKey {
  private static final long MAX_BYTES = 4096;

  private final byte[] digest;

  private AdminKey(String key) {
    this.digest = Sha256.of(key);
  }

  /** {@code folder} exists and belongs to this user alone. */
  public static AdminKey of(Map<String, String> environment, Path folder) {
    String given = environment.getOrDefault("PADDOCK_API_KEY", "").strip();
    return new AdminKey(given.isEmpty() ? stored(folder.resolve("api-key")) : given);
  }

  /** In a time that does not tell where they differ. */
  boolean is(String key) {
    return MessageDigest.isEqual(digest, Sha256.of(key));
  }

  private static String stored(Path file) {
    try {
      if (!Files.exists(file)) {
        String key = "paddock_" + ApiKeys.secret() + "\n";
        PrivateFile.make(file, key.getBytes(StandardCharsets.UTF_8));
      }
      return read(file);
    } catch (IOException e) {
      throw new ServerException(
          ErrorCode.READ_ONLY,
          "cannot use the key file %s: %s. Make it readable, or set PADDOCK_API_KEY"
              .formatted(file, e));
    }
  }

  private static String read(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (!PrivateFile.PERMISSIONS.containsAll(permissions)) {
      throw new ServerException(
          ErrorCode.PERMISSION_DENIED,
          "%s can be read by others (%s); fix: chmod 600 %s, and make a new key if they may have read it"
              .formatted(file, PosixFilePermissions.toString(permissions), file));
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException("too large for a key");
    }
    String key = Files.readString(file).strip();
    if (key.isEmpty()) {
      throw new ServerException(
          ErrorCode.INVALID_REQUEST, file + " is empty; delete it and a new key is made");
    }
    return key;
  }
}
