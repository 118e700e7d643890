package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Hands.Outcome;
import dev.paddock.core.spi.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileJournalTest {
  private static final EventId FIRST = new EventId("sevt_1");
  private static final EventId SECOND = new EventId("sevt_2");

  @TempDir Path temp;
  private Path path;
  private final TestingBlobs blobs = new TestingBlobs();

  @BeforeEach
  void choosePath() {
    path = temp.resolve("session/calls.journal");
  }

  private FileJournal open() {
    return FileJournal.open(path, blobs);
  }

  private static void assertFails(ErrorCode code, Runnable action) {
    assertThatExceptionOfType(SandboxException.class)
        .isThrownBy(action::run)
        .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  @Test
  void knowsWhatBecameOfEachCallAfterItWasOpenedAgain() {
    ToolResult result =
        new ToolResult(
            List.of(
                ContentBlock.text("ü\n\0"),
                new ContentBlock.Image(Json.tree("{\"type\":\"base64\"}"))),
            true);
    try (FileJournal journal = open()) {
      assertThat(journal.lookup(FIRST)).isEqualTo(new Outcome.NotStarted());
      assertThat(journal.begin(FIRST)).isTrue();
      assertThat(journal.begin(FIRST)).isFalse();
      assertThat(journal.lookup(FIRST)).isEqualTo(new Outcome.Interrupted());
      journal.complete(FIRST, result);
      assertThat(journal.begin(FIRST)).isFalse();
      assertThat(journal.begin(SECOND)).isTrue();
    }
    try (FileJournal journal = open()) {
      assertThat(journal.lookup(FIRST)).isEqualTo(new Outcome.Done(result));
      assertThat(journal.lookup(SECOND)).isEqualTo(new Outcome.Interrupted());
      assertThat(journal.begin(SECOND)).isFalse();
      assertThat(journal.lookup(new EventId("sevt_3"))).isEqualTo(new Outcome.NotStarted());
    }
  }

  @Test
  void aJournalLargerThanItsWindowIsReadWhole() {
    ToolResult result = ToolResult.ok("x".repeat(60_000));
    try (FileJournal journal = open()) {
      for (int i = 0; i < 100; i++) {
        journal.begin(new EventId("sevt_" + i));
        journal.complete(new EventId("sevt_" + i), result);
      }
    }
    assertThat(path.toFile().length()).isGreaterThan(5 << 20);
    try (FileJournal journal = open()) {
      for (int i = 0; i < 100; i++) {
        assertThat(journal.lookup(new EventId("sevt_" + i))).isEqualTo(new Outcome.Done(result));
      }
    }
  }

  @Test
  void onlyItsOwnerReadsIt() throws IOException {
    open().close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
  }

  @Test
  void aResultComesOnce() {
    try (FileJournal journal = open()) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> journal.complete(FIRST, ToolResult.ok("x")));
      journal.begin(FIRST);
      journal.complete(FIRST, ToolResult.ok("x"));
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> journal.complete(FIRST, ToolResult.ok("y")));
      assertThat(journal.lookup(FIRST)).isEqualTo(new Outcome.Done(ToolResult.ok("x")));
    }
  }

  @Test
  void aLargeResultIsABlobAndALostBlobCountsAsInterrupted() throws IOException {
    ToolResult large = ToolResult.ok("x".repeat(5 << 20));
    try (FileJournal journal = open()) {
      journal.begin(FIRST);
      journal.complete(FIRST, large);
    }
    assertThat(Files.size(path)).isLessThan(1_000);
    try (FileJournal journal = open()) {
      assertThat(journal.lookup(FIRST)).isEqualTo(new Outcome.Done(large));
      blobs.clear();
      assertThat(journal.lookup(FIRST)).isEqualTo(new Outcome.Interrupted());
    }
  }

  @Test
  void aSecondRunIsTurnedAway() {
    try (FileJournal journal = open()) {
      journal.begin(FIRST);
      assertFails(ErrorCode.BUSY, this::open);
      journal.complete(FIRST, ToolResult.ok("x"));
    }
    open().close();
  }

  @Test
  void anInterruptedThreadDoesNotCloseIt() {
    try (FileJournal journal = open()) {
      Thread.currentThread().interrupt();
      journal.begin(FIRST);
      journal.complete(FIRST, ToolResult.ok("x"));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(journal.lookup(FIRST)).isEqualTo(new Outcome.Done(ToolResult.ok("x")));
    }
  }

  @Test
  void cutAnywhereItKeepsEveryWholeFrame() throws IOException {
    List<Integer> ends = new ArrayList<>(List.of(0));
    try (FileJournal journal = open()) {
      for (int i = 0; i < 4; i++) {
        journal.begin(new EventId("sevt_" + i));
        ends.add((int) Files.size(path));
        journal.complete(new EventId("sevt_" + i), ToolResult.ok("result " + i));
        ends.add((int) Files.size(path));
      }
    }
    byte[] whole = Files.readAllBytes(path);
    for (int cut = 0; cut <= whole.length; cut++) {
      Files.write(path, Arrays.copyOf(whole, cut));
      int length = cut;
      int frames = (int) ends.stream().filter(end -> end <= length).count() - 1;
      try (FileJournal journal = open()) {
        assertThat(Files.size(path)).isEqualTo((long) ends.get(frames));
        for (int i = 0; i < 4; i++) {
          assertThat(journal.lookup(new EventId("sevt_" + i)))
              .as("call %d, cut at %d", i, cut)
              .isEqualTo(
                  frames >= 2 * i + 2
                      ? new Outcome.Done(ToolResult.ok("result " + i))
                      : frames == 2 * i + 1 ? new Outcome.Interrupted() : new Outcome.NotStarted());
        }
        assertThat(cut % 100 > 0 || journal.begin(new EventId("sevt_new"))).isTrue();
      }
    }
  }

  @Test
  void zerosThatAPowerCutLeftAtTheEndAreDropped() throws IOException {
    try (FileJournal journal = open()) {
      journal.begin(FIRST);
    }
    byte[] whole = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(whole, whole.length + 4096));
    try (FileJournal journal = open()) {
      assertThat(journal.lookup(FIRST)).isEqualTo(new Outcome.Interrupted());
    }
    assertThat(path).hasSize(whole.length);
  }

  @Test
  void damageInTheMiddleIsNeverTakenForATornEnd() throws IOException {
    int lastFrame;
    try (FileJournal journal = open()) {
      IntStream.range(0, 3).forEach(i -> journal.begin(new EventId("sevt_" + i)));
      lastFrame = (int) Files.size(path);
      journal.begin(new EventId("sevt_9"));
    }
    byte[] whole = Files.readAllBytes(path);
    Random random = new Random(3);
    for (int at = 0; at < lastFrame; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 + random.nextInt(255));
      Files.write(path, damaged);
      assertFails(ErrorCode.CORRUPT, this::open);
      assertThat(path).hasBinaryContent(damaged);
    }
  }

  @Test
  void aCallsOwnTextCannotPassForAFrame() throws IOException {
    byte[] frame = JournalFrame.begin(SECOND).encode();
    String text = new String(frame, java.nio.charset.StandardCharsets.ISO_8859_1);
    try (FileJournal journal = open()) {
      journal.begin(FIRST);
      journal.complete(FIRST, ToolResult.ok(text));
    }
    byte[] whole = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(whole, whole.length - 1));
    try (FileJournal journal = open()) {
      assertThat(journal.lookup(FIRST)).isEqualTo(new Outcome.Interrupted());
      assertThat(journal.lookup(SECOND)).isEqualTo(new Outcome.NotStarted());
    }
  }
}
