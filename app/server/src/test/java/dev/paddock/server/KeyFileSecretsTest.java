package dev.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileSecretsTest {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("key");
  }

  @Test
  void aSecretOutlivesTheProcessAndNobodyElseReadsTheKey() throws IOException {
    String sealed = KeyFileSecrets.open(file()).seal("hunter2", "vcrd_1");

    assertThat(sealed).doesNotContain("hunter2");
    assertThat(KeyFileSecrets.open(file()).open(sealed, "vcrd_1")).isEqualTo("hunter2");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(folder.toFile().list()).containsExactly("key");
  }

  @Test
  void aSealedSecretCannotBeMovedChangedOrOpenedByAnotherKey() {
    KeyFileSecrets secrets = KeyFileSecrets.open(file());
    String sealed = secrets.seal("hunter2", "vcrd_1");
    char last = sealed.charAt(sealed.length() - 3);
    String changed =
        sealed.substring(0, sealed.length() - 3)
            + (last == 'A' ? 'B' : 'A')
            + sealed.substring(sealed.length() - 2);

    assertThatThrownBy(() -> secrets.open(sealed, "vcrd_2")).isInstanceOf(ServerException.class);
    assertThatThrownBy(() -> secrets.open(changed, "vcrd_1")).isInstanceOf(ServerException.class);
    assertThatThrownBy(() -> secrets.open("v1.", "vcrd_1")).isInstanceOf(ServerException.class);
    assertThatThrownBy(() -> secrets.open("nonsense", "x")).isInstanceOf(ServerException.class);
    assertThatThrownBy(() -> KeyFileSecrets.open(folder.resolve("other")).open(sealed, "vcrd_1"))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("vcrd_1");
  }

  @Test
  void theSameSecretIsNeverSealedTheSameWay() {
    KeyFileSecrets secrets = KeyFileSecrets.open(file());

    assertThat(secrets.seal("x", "c")).isNotEqualTo(secrets.seal("x", "c"));
  }

  @Test
  void aFileThatIsNoKeyIsRefused() throws IOException {
    Files.writeString(file(), "short");

    assertThatThrownBy(() -> KeyFileSecrets.open(file()))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("5 bytes");
  }
}
