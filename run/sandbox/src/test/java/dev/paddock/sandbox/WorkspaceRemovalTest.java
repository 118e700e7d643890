package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceRemovalTest {
  @TempDir Path temp;
  private Path folder;

  @BeforeEach
  void makeFolder() throws Exception {
    folder = Files.createDirectories(temp.resolve("workspace"));
  }

  private void make(String script) throws Exception {
    Process process =
        new ProcessBuilder("bash", "-c", "cd \"$1\"; " + script, "bash", folder.toString())
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void followsNoLink() throws Exception {
    Path outside = Files.createDirectories(temp.resolve("outside"));
    Files.writeString(outside.resolve("canary"), "x");
    make("ln -s ../outside l; mkdir d; ln -s ../../outside d/l; ln ../outside/canary hard");
    WorkspaceRemoval.remove(folder);
    assertThat(folder).doesNotExist();
    assertThat(outside.resolve("canary")).hasContent("x");
    Files.createSymbolicLink(folder, outside);
    assertThatExceptionOfType(SandboxException.class)
        .isThrownBy(() -> WorkspaceRemoval.remove(folder));
    assertThat(outside.resolve("canary")).hasContent("x");
  }

  @Test
  void removesWhatIsDeeperThanAnyPath() throws Exception {
    make("for i in $(seq 300); do mkdir " + "n".repeat(200) + "; cd n*; echo x > f; done");
    WorkspaceRemoval.remove(folder);
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void removesHostileNamesPipesAndForbiddenFolders() throws Exception {
    make(
        """
        touch -- -rf $'a\\nb' $'\\xff'; mkfifo pipe; mkdir -p a/b/c .paddock-removed-1-0/x
        touch a/b/c/f; chmod 0 a/b/c a/b a
        """);
    WorkspaceRemoval.remove(folder);
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void removesWhatAnotherThreadRemovesToo() throws Exception {
    make("for i in $(seq 200); do mkdir -p $i/a/b; touch $i/f $i/a/f $i/a/b/f; done");
    FutureTask<Void> other =
        new FutureTask<>(
            () -> {
              WorkspaceRemoval.remove(folder);
              return null;
            });
    Thread.ofPlatform().start(other);
    WorkspaceRemoval.remove(folder);
    other.get();
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void removesAFolderTwice() throws Exception {
    make("seq 2000 | xargs touch; mkdir d; cd d; seq 200 | xargs mkdir");
    WorkspaceRemoval.remove(folder);
    assertThat(temp).isEmptyDirectory();
    WorkspaceRemoval.remove(folder);
  }
}
