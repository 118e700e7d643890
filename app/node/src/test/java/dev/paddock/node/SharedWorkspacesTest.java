package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.spi.WorkspaceFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedWorkspacesTest {
  @TempDir Path home;

  /** More than are kept open: the folder of one that was closed could be another's by then. */
  @Test
  void eachStaysOfUseHoweverManyOthersAreOpened() {
    try (SharedWorkspaces shared =
        new SharedWorkspaces(Home.of(Map.of("PADDOCK_HOME", home.toString())))) {
      List<WorkspaceFiles> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        all.add(shared.files("env_" + i));
      }
      for (int i = 0; i < all.size(); i++) {
        all.get(i).write("name.txt", ("env_" + i).getBytes(StandardCharsets.UTF_8));
      }
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i).read("name.txt", 100)).asString().isEqualTo("env_" + i);
      }
    }
  }
}
