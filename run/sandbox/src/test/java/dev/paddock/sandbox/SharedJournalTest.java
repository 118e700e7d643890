package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.EventId;
import dev.paddock.core.spi.Hands.Outcome;
import dev.paddock.core.spi.ToolResult;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedJournalTest {
  private final TestingBlobs blobs = new TestingBlobs();
  @TempDir private Path folder;

  private SharedJournal open() {
    return SharedJournal.open(folder.resolve("calls.journal"), blobs);
  }

  @Test
  void aSecondHolderIsNotKeptWaitingAndKnowsWhatTheFirstDid() {
    EventId done = EventId.next();
    EventId begun = EventId.next();
    try (SharedJournal paused = open();
        SharedJournal next = open()) {
      paused.begin(done);
      paused.complete(done, ToolResult.ok("once"));
      paused.begin(begun);
      assertThat(next.lookup(done)).isEqualTo(new Outcome.Done(ToolResult.ok("once")));
      assertThat(next.begin(done)).isFalse();
      assertThat(next.lookup(begun)).isInstanceOf(Outcome.Interrupted.class);
      assertThat(next.begin(begun)).isFalse();
    }
  }

  @Test
  void theFirstSeesWhatTheSecondDidMeanwhile() {
    EventId call = EventId.next();
    try (SharedJournal paused = open();
        SharedJournal next = open()) {
      assertThat(paused.lookup(call)).isInstanceOf(Outcome.NotStarted.class);
      next.begin(call);
      assertThat(paused.begin(call)).isFalse();
      next.complete(call, ToolResult.ok("there"));
      assertThat(paused.lookup(call)).isEqualTo(new Outcome.Done(ToolResult.ok("there")));
    }
  }

  @Test
  void anotherOpeningReadsEveryFile() {
    EventId first = EventId.next();
    EventId second = EventId.next();
    try (SharedJournal one = open();
        SharedJournal two = open()) {
      one.begin(first);
      two.begin(second);
      two.complete(second, ToolResult.ok("two"));
    }
    try (SharedJournal again = open()) {
      assertThat(again.lookup(first)).isInstanceOf(Outcome.Interrupted.class);
      assertThat(again.lookup(second)).isEqualTo(new Outcome.Done(ToolResult.ok("two")));
    }
  }
}
