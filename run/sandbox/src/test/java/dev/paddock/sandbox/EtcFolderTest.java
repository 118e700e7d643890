package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EtcFolderTest {
  @TempDir Path folder;

  @Test
  void takesWhatProgramsNeedAndNothingThatMayHoldAPassword() throws IOException {
    Path host = Files.createDirectories(folder.resolve("host"));
    for (String file :
        new String[] {
          "shadow",
          "passwd",
          "maven/settings.xml",
          "maven/m2.conf",
          "maven/logging/simplelogger.properties",
          "java-17-openjdk/security/java.security",
          "java-17-openjdk-of-mine/secret",
          "ssl/private/key.pem",
          "ssl/certs/ca.pem"
        }) {
      Path made = host.resolve(file);
      Files.createDirectories(made.getParent());
      Files.writeString(made, "the host's");
    }

    EtcFolder etc = EtcFolder.create(folder.resolve("etc"), host);

    assertThat(etc.parts())
        .containsExactly("maven/logging", "maven/m2.conf", "ssl/certs", "java-17-openjdk");
    assertThat(etc.path().resolve("passwd")).content().doesNotContain("the host's");
    assertThat(etc.path().resolve("maven/settings.xml")).doesNotExist();
    assertThat(etc.path().resolve("shadow")).doesNotExist();
  }
}
