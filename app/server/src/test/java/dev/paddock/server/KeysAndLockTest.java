package dev.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysAndLockTest {
  @TempDir Path folder;

  @Test
  void theFirstStartMakesAPrivateKeyOnce() throws IOException {
    AdminKey first = AdminKey.of(Map.of(), folder);
    Path file = folder.resolve("api-key");
    String key = Files.readString(file).strip();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(first.is(key)).isTrue();
    assertThat(first.is(key + "x")).isFalse();
    assertThat(AdminKey.of(Map.of(), folder).is(key)).isTrue();
    assertThat(AdminKey.of(Map.of("PADDOCK_API_KEY", "given"), folder).is("given")).isTrue();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void manyStartsAtOnceAgreeOnOneKey() throws IOException {
    Set<AdminKey> all = ConcurrentHashMap.newKeySet();
    IntStream.range(0, 16).parallel().forEach(i -> all.add(AdminKey.of(Map.of(), folder)));
    String key = Files.readString(folder.resolve("api-key")).strip();
    assertThat(all).hasSize(16).allMatch(admin -> admin.is(key));
  }

  @Test
  void aKeyFileThatOthersReadIsRefused() throws IOException {
    AdminKey.of(Map.of(), folder);
    Path file = folder.resolve("api-key");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> AdminKey.of(Map.of(), folder)).hasMessageContaining("chmod 600");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(file, "\n");
    assertThatThrownBy(() -> AdminKey.of(Map.of(), folder)).hasMessageContaining("is empty");
  }

  @Test
  void oneServerAHome() {
    try (ServeLock first = ServeLock.take(folder)) {
      first.announce("http://127.0.0.1:4096");
      assertThatThrownBy(() -> ServeLock.take(folder))
          .isInstanceOf(ServerException.class)
          .hasMessageContaining("http://127.0.0.1:4096");
    }
    ServeLock.take(folder).close();
  }

  @Test
  void refusingASecondServerHereKeepsTheFirstOnesLock() throws IOException {
    try (ServeLock first = ServeLock.take(folder)) {
      first.announce("http://127.0.0.1:4096");
      assertThat(lockedBySystem()).isTrue();
      assertThatThrownBy(() -> ServeLock.take(folder)).isInstanceOf(ServerException.class);
      assertThat(lockedBySystem()).isTrue();
    }
    assertThat(lockedBySystem()).isFalse();
  }

  /** Lines of the table end in device, inode and the locked range. */
  private boolean lockedBySystem() throws IOException {
    Object inode = Files.getAttribute(folder.resolve("serve.lock"), "unix:ino");
    return Files.readString(Path.of("/proc/locks")).contains(":" + inode + " ");
  }

  @Test
  void plainTextStaysOnLoopback() {
    assertThat(settings(Map.of(), "127.0.0.1", false).port()).isEqualTo(4096);
    assertThat(settings(Map.of("PADDOCK_PORT", "0"), "::1", false).port()).isZero();
    assertThat(settings(Map.of(), "0.0.0.0", true).behindProxy()).isTrue();
    assertThatThrownBy(() -> settings(Map.of(), "0.0.0.0", false))
        .hasMessageContaining("--behind-proxy");
    assertThatThrownBy(() -> settings(Map.of("PADDOCK_PORT", "many"), "127.0.0.1", false))
        .hasMessageContaining("PADDOCK_PORT");
    assertThatThrownBy(() -> settings(Map.of("PADDOCK_PORT", "70000"), "127.0.0.1", false))
        .hasMessageContaining("70000");
    assertThatThrownBy(() -> settings(Map.of("PADDOCK_TLS_CERT", "x"), "0.0.0.0", false))
        .hasMessageContaining("PADDOCK_TLS_KEY");
  }

  private static ServerSettings settings(
      Map<String, String> environment, String host, boolean behindProxy) {
    return ServerSettings.of(environment, Optional.of(host), Optional.empty(), behindProxy);
  }

  @Test
  void secretsDiffer() {
    Set<String> secrets = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      secrets.add(ApiKeys.secret());
    }
    assertThat(secrets).hasSize(1000).allMatch(secret -> secret.length() == 43);
  }
}
