package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunFolderTest {
  @TempDir Path base;

  @Test
  void isForItsUserOnly() throws Exception {
    RunFolder run = RunFolder.create(base);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run.path())))
        .isEqualTo("rwx------");
    run.remove();
    assertThat(base).isEmptyDirectory();
  }

  @Test
  void removesFoldersOfTheDeadAndKeepsThoseOfTheLiving() throws Exception {
    RunFolder living = RunFolder.create(base);
    Path dead = Files.createDirectories(base.resolve("run-dead/paddock-1/tmp"));
    Files.writeString(dead.resolve("file"), "left");
    Path other = Files.createDirectory(base.resolve("not-ours"));
    RunFolder second = RunFolder.create(base);
    assertThat(base.resolve("run-dead")).doesNotExist();
    assertThat(living.path()).exists();
    assertThat(other).exists();
    living.remove();
    second.remove();
  }

  @Test
  void deletesWithoutFollowingLinks() throws Exception {
    Path outside = Files.createDirectory(base.resolve("outside"));
    Files.writeString(outside.resolve("kept"), "");
    Path tree = Files.createDirectories(base.resolve("tree/a/b"));
    Files.createSymbolicLink(tree.resolve("link"), outside);
    Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("---------"));
    RunFolder.delete(base.resolve("tree"));
    assertThat(base.resolve("tree")).doesNotExist();
    assertThat(outside.resolve("kept")).exists();
    Files.createSymbolicLink(base.resolve("alone"), outside);
    RunFolder.delete(base.resolve("alone"));
    assertThat(base.resolve("alone")).doesNotExist();
    assertThat(outside.resolve("kept")).exists();
  }
}
