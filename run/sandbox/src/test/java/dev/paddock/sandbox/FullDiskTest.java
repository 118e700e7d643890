package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.spi.Hands.Outcome;
import dev.paddock.core.spi.ToolResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk of one mebibyte, in namespaces of its own. */
class FullDiskTest {
  @TempDir Path temp;

  /** What is done on the small disk; its last line is {@code held}. */
  static final class OnSmallDisk {
    public static void main(String[] arguments) throws IOException {
      Path disk = Path.of(arguments[0]);
      Path folder = Files.createDirectory(disk.resolve("workspace"));
      Path journalFile = disk.resolve("calls.journal");
      try (Workspace workspace = Workspace.open(folder, List.of());
          FileJournal journal = FileJournal.open(journalFile, new TestingBlobs())) {
        workspace.write("f", new byte[1_000]);
        journal.begin(new EventId("sevt_1"));
        requireFull(() -> workspace.write("f", new byte[2 << 20]));
        require(List.of(folder.toFile().list()).equals(List.of("f")), "one file is left");
        require(workspace.read("f", 1_000).length == 1_000, "the old file is left");
        fill(disk.resolve("filler"));
        long size = Files.size(journalFile);
        requireFull(
            () -> journal.complete(new EventId("sevt_1"), ToolResult.ok("x".repeat(60_000))));
        require(Files.size(journalFile) == size, "no half frame is left");
        Files.delete(disk.resolve("filler"));
        journal.complete(new EventId("sevt_1"), ToolResult.ok("y"));
      }
      try (FileJournal journal = FileJournal.open(journalFile, new TestingBlobs())) {
        Outcome done = new Outcome.Done(ToolResult.ok("y"));
        require(journal.lookup(new EventId("sevt_1")).equals(done), "the journal goes on");
      }
      System.out.println("held");
    }

    private static void fill(Path filler) throws IOException {
      Files.createFile(filler);
      try {
        while (true) {
          Files.write(filler, new byte[4096], StandardOpenOption.APPEND);
        }
      } catch (IOException full) {
        System.out.println("filled: " + full.getMessage());
      }
    }

    private static void requireFull(Runnable action) {
      try {
        action.run();
      } catch (SandboxException e) {
        require(e.code() == ErrorCode.DISK_FULL, e.getMessage());
        return;
      }
      throw new AssertionError("the disk should have been full");
    }

    private static void require(boolean holds, String what) {
      if (!holds) {
        throw new AssertionError(what);
      }
    }
  }

  @Test
  void leavesWhatWasThereAndGoesOnWhenThereIsRoom() throws Exception {
    String mount = "mount -t tmpfs -o size=1m small \"$1\" || exit 77; shift; exec \"$@\"";
    Process process =
        new ProcessBuilder(
                "unshare",
                "--user",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                mount,
                "sh",
                temp.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                OnSmallDisk.class.getName(),
                temp.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    assumeTrue(exit != 77, "needs a mount namespace");
    assertThat(output.strip()).endsWith("held");
  }
}
