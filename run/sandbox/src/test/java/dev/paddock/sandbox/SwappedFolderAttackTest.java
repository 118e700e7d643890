package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.TestingArena.Round;
import dev.paddock.sandbox.spi.ProcessRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Attack 12 of {@code docs/sandbox.md}: while the host reads, keeps, carries out, fills and removes
 * the workspace, a process in the box exchanges a folder on the way and a link to a folder of the
 * host, as fast as it can.
 */
@EnabledOnOs(OS.LINUX)
final class SwappedFolderAttackTest {
  private static final int ATTEMPTS = 20_000;
  private static final int ROUNDS = Boolean.getBoolean("paddock.soak") ? 5_000 : 150;
  private TestingArena arena;
  private Round round;
  private Path outside;
  private String canary;

  @BeforeEach
  void startSwapping() throws Exception {
    arena = new TestingArena();
    canary = TestingBlobs.sha256(Files.readAllBytes(arena.secret()));
    outside = arena.host();
    round = arena.round(Measure.ALL);
    Path folder = Files.createDirectories(round.workspace().resolve("outputs/d/in"));
    Files.writeString(folder.resolve("secret"), "inside");
    Files.createDirectory(outside.resolve("in"));
    Files.copy(arena.secret(), outside.resolve("in/secret"));
    Files.createSymbolicLink(round.workspace().resolve("outputs/l"), outside);
    long renameat2 = Machine.THIS.architecture() == Architecture.AARCH64 ? 276 : 316;
    String exchange =
        """
        my ($d, $l) = ('outputs/d', 'outputs/l');
        syscall(%d, -100, $d, -100, $l, 2) == 0 or die $! for 1 .. 1e12;
        """
            .formatted(renameat2);
    round.sandbox().start(ProcessRequest.of("perl", "-e", exchange));
  }

  @AfterEach
  void stopSwapping() throws Exception {
    round.close();
    arena.close();
  }

  /** What the host does once; whether it was led out. */
  private interface Work {
    boolean leaks(Workspace workspace) throws IOException;
  }

  /** Never led out; without beneath-resolution tried until it is. */
  private void assertHeldByResolution(Work work) throws IOException {
    try (Workspace workspace = Workspace.open(round.workspace(), List.of())) {
      for (int i = 0; i < ROUNDS; i++) {
        assertThat(leaks(work, workspace)).as("the host was led out").isFalse();
      }
    }
    Resolver naive = new NaiveResolver(round.workspace());
    boolean led = false;
    try (Workspace workspace = Workspace.open(round.workspace(), List.of(), naive)) {
      for (int i = 0; i < ATTEMPTS && !led; i++) {
        led = leaks(work, workspace);
      }
    }
    assertThat(led).as("led out without beneath-resolution").isTrue();
  }

  private static boolean leaks(Work work, Workspace workspace) throws IOException {
    try {
      return work.leaks(workspace);
    } catch (SandboxException e) {
      assertThat(e.code())
          .isIn(
              ErrorCode.PERMISSION_DENIED,
              ErrorCode.NOT_FOUND,
              ErrorCode.INVALID_REQUEST,
              ErrorCode.CONFLICT,
              ErrorCode.UNAVAILABLE);
      return false;
    }
  }

  @Test
  void attack12_whileOutputsAreCollected() throws Exception {
    assertHeldByResolution(
        workspace ->
            OutputFiles.collect(
                    workspace, new TestingBlobs(), OutputFiles.NONE, TransferLimits.DEFAULT)
                .files()
                .values()
                .stream()
                .anyMatch(file -> file.sha256().equals(canary)));
  }

  @Test
  void attack12_whileFilesAreCarriedOut() throws Exception {
    Path target = arena.folder().resolve("out");
    assertHeldByResolution(
        workspace -> {
          WorkspaceTransfer transfer = new WorkspaceTransfer(workspace, TransferLimits.DEFAULT);
          WorkspaceChanges changes = transfer.changesSince(Manifest.EMPTY);
          transfer.copyOut(changes, target, Optional.empty());
          boolean led = contains(target);
          WorkspaceRemoval.remove(target);
          return led;
        });
  }

  @Test
  void attack12_whileASnapshotIsTaken() throws Exception {
    try (Snapshots snapshots =
        new Snapshots(new TestingBlobs(), arena.folder().resolve("work"), SnapshotLimits.DEFAULT)) {
      assertHeldByResolution(
          workspace ->
              snapshots.take(workspace).manifest().entries().stream()
                  .anyMatch(entry -> entry.sha256().equals(Optional.of(canary))));
    }
  }

  @Test
  void attack12_whileTheWorkspaceIsFilled() throws Exception {
    Path source = Files.createDirectories(arena.folder().resolve("source/outputs/d"));
    Files.writeString(source.resolve("new"), "from the user");
    assertHeldByResolution(
        workspace -> {
          new WorkspaceTransfer(workspace, TransferLimits.DEFAULT)
              .copyIn(arena.folder().resolve("source"));
          return Files.deleteIfExists(outside.resolve("new"));
        });
  }

  /** What is removed is never looked up by a path, so there is no resolution to leave out. */
  @Test
  void attack12_whileTheWorkspaceIsRemoved() throws Exception {
    for (int i = 0; i < 50; i++) {
      try {
        WorkspaceRemoval.remove(round.workspace().resolve("outputs/d"));
      } catch (SandboxException e) {
        assertThat(e.code()).isNotEqualTo(ErrorCode.INTERNAL);
      }
    }
    assertThat(outside.resolve("in/secret")).hasContent(arena.canary());
  }

  private boolean contains(Path folder) throws IOException {
    try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, StandardCharsets.UTF_8).contains(arena.canary())) {
          return true;
        }
      }
    }
    return false;
  }
}
