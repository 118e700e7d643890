package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.spi.Hands.Outcome;
import dev.paddock.core.spi.ToolResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that runs calls one after the other is killed at seeded points, and started again. */
class JournalKillTest {
  private static final int ROUNDS = Boolean.getBoolean("paddock.soak") ? 50 : 4;

  @TempDir Path temp;

  /** The process: each call's effect is its number in a file. */
  static final class Caller {
    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      try (FileJournal journal =
          FileJournal.open(folder.resolve("calls.journal"), new TestingBlobs())) {
        for (int i = 0; ; i++) {
          if (journal.begin(call(i))) {
            Files.writeString(
                folder.resolve("effects"),
                i + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
            journal.complete(call(i), ToolResult.ok("did " + i));
          }
          System.out.println(i);
        }
      }
    }
  }

  private static EventId call(int i) {
    return new EventId("sevt_" + i);
  }

  @Test
  void everyCallIsDoneOnceOrInterruptedOrNeverBegan() throws Exception {
    Random random = new Random(11);
    int seen = 0;
    for (int round = 0; round < ROUNDS; round++) {
      seen = killAfter(seen + 1 + random.nextInt(60));
      verify(seen);
    }
  }

  @Test
  void aLivingProcessKeepsOthersOut() throws Exception {
    Process process = start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).isEqualTo("0");
      assertThatExceptionOfType(SandboxException.class)
          .isThrownBy(() -> FileJournal.open(temp.resolve("calls.journal"), new TestingBlobs()))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
    } finally {
      process.destroyForcibly().waitFor();
    }
    FileJournal.open(temp.resolve("calls.journal"), new TestingBlobs()).close();
  }

  /** Whoever is turned away must not give up what the first has. */
  @Test
  void aSecondRunInThisProcessLetsNoOtherProcessIn() throws Exception {
    Path journal = temp.resolve("calls.journal");
    try (FileJournal first = FileJournal.open(journal, new TestingBlobs())) {
      assertThatExceptionOfType(SandboxException.class)
          .isThrownBy(() -> FileJournal.open(journal, new TestingBlobs()));
      try (TestingJvm other = TestingJvm.start(Asks.class, journal.toString())) {
        assertThat(other.readLine()).isEqualTo("BUSY");
      }
      assertThat(first.begin(EventId.next())).isTrue();
    }
  }

  /** A process of its own that wants the journal. */
  static final class Asks {
    private Asks() {}

    public static void main(String[] arguments) {
      try {
        FileJournal.open(Path.of(arguments[0]), new TestingBlobs()).close();
        System.out.println("opened");
      } catch (SandboxException e) {
        System.out.println(e.code());
      }
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Caller.class.getName(),
            temp.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private int killAfter(int calls) throws Exception {
    Process process = start();
    int last = 0;
    try (BufferedReader out = process.inputReader()) {
      while (last < calls) {
        last = Integer.parseInt(String.valueOf(out.readLine()));
      }
      process.destroyForcibly().waitFor();
    }
    return last;
  }

  private void verify(int seen) throws IOException {
    List<String> effects = Files.readAllLines(temp.resolve("effects"));
    Set<String> once = new HashSet<>(effects);
    assertThat(once).as("no effect twice").hasSameSizeAs(effects);
    int interrupted = 0;
    try (FileJournal journal =
        FileJournal.open(temp.resolve("calls.journal"), new TestingBlobs())) {
      for (int i = 0; i <= Math.max(seen, effects.size()) + 5; i++) {
        switch (journal.lookup(call(i))) {
          case Outcome.Done done -> {
            assertThat(done.result()).isEqualTo(ToolResult.ok("did " + i));
            assertThat(once).contains(String.valueOf(i));
          }
          case Outcome.Interrupted any -> interrupted++;
          case Outcome.NotStarted any -> {
            assertThat(i).isGreaterThan(seen);
            assertThat(once).doesNotContain(String.valueOf(i));
          }
          case Outcome.Pending any -> throw new AssertionError("a journal has no pending calls");
        }
      }
    }
    assertThat(interrupted).as("at most one a kill").isLessThanOrEqualTo(ROUNDS);
  }
}
