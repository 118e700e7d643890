package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attack 13: while the host reads and writes {@code d/…}, a process exchanges the folder {@code d}
 * and a link to a folder outside, as fast as it can.
 */
class LinkRaceTest {
  private static final String CANARY = "canary";
  private static final int ATTEMPTS = 200_000;
  private static final int ROUNDS = Boolean.getBoolean("paddock.soak") ? 100_000 : 2_000;

  @TempDir Path temp;
  private Path folder;
  private Path outside;
  private Process swapper;

  /** What a run of reads and writes came to. */
  private record Outcome(int inside, int refused, int leakedReads, long leakedWrites) {}

  @BeforeEach
  void startSwapping() throws IOException {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "needs perl");
    folder = Files.createDirectories(temp.resolve("workspace"));
    outside = Files.createDirectories(temp.resolve("outside"));
    Files.writeString(outside.resolve("file"), CANARY);
    Files.writeString(Files.createDirectories(folder.resolve("d")).resolve("file"), "inside");
    Files.createSymbolicLink(folder.resolve("l"), outside);
    long renameat2 = System.getProperty("os.arch").equals("aarch64") ? 276 : 316;
    String exchange =
        """
        $| = 1;
        my ($d, $l) = ('d', 'l');
        for (my $i = 0; ; $i++) {
          syscall(%d, -100, $d, -100, $l, 2) == 0 or die $!;
          print "swapping\\n" if $i == 0;
        }
        """
            .formatted(renameat2);
    swapper =
        new ProcessBuilder("/usr/bin/perl", "-e", exchange)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(swapper.inputReader().readLine()).isEqualTo("swapping");
  }

  @AfterEach
  void stopSwapping() throws InterruptedException {
    swapper.destroyForcibly().waitFor();
  }

  @Test
  void attack13_throughTheKernelsResolution() throws IOException {
    Assumptions.assumeTrue(KernelResolver.AVAILABLE, "openat2 is missing here");
    assertHolds(new KernelResolver());
  }

  @Test
  void attack13_throughTheWalk() throws IOException {
    assertHolds(new WalkingResolver(WorkspacePath.ROOT));
  }

  @Test
  void attack13_throughBoth() throws IOException {
    assertHolds(Resolver.best(WorkspacePath.ROOT));
  }

  @Test
  void attack13_withoutThemReadsAndWritesOutside() throws IOException {
    Outcome outcome = attack(new NaiveResolver(folder), true);
    assertThat(outcome.leakedReads()).isPositive();
    assertThat(outcome.leakedWrites()).isPositive();
  }

  @Test
  void attack13_whileAPatchIsApplied() throws IOException {
    int applied = 0;
    int refused = 0;
    try (Workspace workspace = Workspace.open(folder, List.of())) {
      for (int i = 0; i < ATTEMPTS && (i < ROUNDS || applied == 0 || refused == 0); i++) {
        String patch =
            "*** Begin Patch\n*** Add File: d/w%d\n+x\n*** Update File: d/file\n@@\n inside\n+more\n"
                    .formatted(i % 10)
                + "*** Add File: d/moved\n+x\n*** Delete File: d/moved\n*** End Patch";
        try {
          PatchApplier.apply(workspace, PatchParser.parse(patch));
          workspace.write("d/file", "inside\n".getBytes(StandardCharsets.UTF_8));
          applied++;
        } catch (SandboxException e) {
          assertThat(e.code())
              .isIn(ErrorCode.PERMISSION_DENIED, ErrorCode.NOT_FOUND, ErrorCode.INVALID_REQUEST);
          refused++;
        }
      }
    }
    assertThat(writtenOutside()).isZero();
    assertThat(Files.readString(outside.resolve("file"))).isEqualTo(CANARY);
    assertThat(applied).isPositive();
    assertThat(refused).isPositive();
  }

  private void assertHolds(Resolver resolver) throws IOException {
    Outcome outcome = attack(resolver, false);
    assertThat(outcome.leakedReads()).isZero();
    assertThat(outcome.leakedWrites()).isZero();
    assertThat(Files.readString(outside.resolve("file"))).isEqualTo(CANARY);
    assertThat(outcome.inside()).as("reads of the folder").isPositive();
    assertThat(outcome.refused()).as("reads of the link").isPositive();
  }

  private Outcome attack(Resolver resolver, boolean untilBroken) throws IOException {
    int inside = 0;
    int refused = 0;
    int leakedReads = 0;
    long leakedWrites = 0;
    try (Workspace workspace = Workspace.open(folder, List.of(), resolver)) {
      boolean done = false;
      for (int i = 0; i < ATTEMPTS && !done; i++) {
        try {
          workspace.write("d/w" + i % 10, new byte[] {1});
          byte[] read = workspace.read("d/file", 100);
          if (new String(read, StandardCharsets.UTF_8).equals(CANARY)) {
            leakedReads++;
          } else {
            inside++;
          }
        } catch (SandboxException e) {
          assertThat(e.code()).isIn(ErrorCode.PERMISSION_DENIED, ErrorCode.NOT_FOUND);
          refused++;
        }
        if (i % 100 == 0) {
          leakedWrites = writtenOutside();
          done =
              untilBroken
                  ? leakedReads > 0 && leakedWrites > 0
                  : i >= ROUNDS && inside > 0 && refused > 0;
        }
      }
    }
    return new Outcome(inside, refused, leakedReads, writtenOutside());
  }

  private long writtenOutside() throws IOException {
    try (Stream<Path> files = Files.list(outside)) {
      return files.filter(file -> !file.endsWith("file")).count();
    }
  }
}
