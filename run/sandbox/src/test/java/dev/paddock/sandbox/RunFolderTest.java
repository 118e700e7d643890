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
    Path dead = Files.createDirectories(base.resolve("run-0000dead/paddock-1/tmp"));
    Files.writeString(dead.resolve("file"), "left");
    Path other = Files.createDirectory(base.resolve("not-ours"));
    RunFolder second = RunFolder.create(base);
    assertThat(base.resolve("run-0000dead")).doesNotExist();
    assertThat(living.path()).exists();
    assertThat(other).exists();
    living.remove();
    second.remove();
  }

  /** What lies in /tmp of a box is as the box wants it. */
  @Test
  void removesWhatBoxesOfTheDeadHaveLeft() throws Exception {
    Path outside = Files.createDirectory(base.resolve("outside"));
    Files.writeString(outside.resolve("kept"), "");
    Path tmp = Files.createDirectories(base.resolve("run-0000dead/paddock-1/tmp"));
    Path closed = Files.createDirectories(tmp.resolve("a/b"));
    Files.createSymbolicLink(closed.resolve("link"), outside);
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    String deep = "cd \"$1\"; for i in $(seq 300); do mkdir " + "n".repeat(200) + "; cd n*; done";
    assertThat(new ProcessBuilder("bash", "-c", deep, "bash", tmp.toString()).start().waitFor())
        .isZero();
    RunFolder.create(base).remove();
    assertThat(base.resolve("run-0000dead")).doesNotExist();
    assertThat(outside.resolve("kept")).exists();
  }

  /** A second one looks at the lock of the first, which must not give it up. */
  @Test
  void anotherProcessKeepsAllThatThisOneHas() throws Exception {
    RunFolder first = RunFolder.create(base);
    RunFolder second = RunFolder.create(base);
    try (TestingJvm other = TestingJvm.start(CreatesAndRemoves.class, base.toString())) {
      assertThat(other.readLine()).isEqualTo("removed");
    }
    assertThat(first.path()).exists();
    assertThat(second.path()).exists();
    first.remove();
    second.remove();
    assertThat(base).isEmptyDirectory();
  }

  /** A process of its own that comes and goes. */
  static final class CreatesAndRemoves {
    private CreatesAndRemoves() {}

    public static void main(String[] arguments) {
      RunFolder.create(Path.of(arguments[0])).remove();
      System.out.println("removed");
    }
  }
}
