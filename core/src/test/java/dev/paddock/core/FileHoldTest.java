package dev.paddock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileHoldTest {
  @TempDir private Path temp;

  @Test
  void oneHolderHasItAtATime() throws Exception {
    Path file = temp.resolve("lock");
    FileHold first = FileHold.take(file).orElseThrow();
    assertThat(FileHold.take(file)).isEmpty();
    assertThat(FileHold.take(temp.resolve("other"))).isPresent();
    first.close();
    FileHold.take(file).orElseThrow().close();
  }

  @Test
  void itIsTheSameFileByEveryPath() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("old"));
    try (FileHold hold = FileHold.take(folder.resolve("lock")).orElseThrow()) {
      assertThat(hold).isNotNull();
      Path moved = Files.move(folder, temp.resolve("new"));
      Path link = Files.createSymbolicLink(temp.resolve("link"), moved);
      assertThat(FileHold.take(moved.resolve("lock"))).isEmpty();
      assertThat(FileHold.take(link.resolve("lock"))).isEmpty();
    }
  }

  @Test
  void thereIsNoneInAFolderThatIsGone() throws Exception {
    assertThat(FileHold.take(temp.resolve("gone/lock"))).isEmpty();
  }
}
