package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Hands.Outcome;
import dev.paddock.core.spi.Tool;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalHandsTest {
  @TempDir Path temp;
  private final AtomicInteger runs = new AtomicInteger();
  private final TestingSandbox sandbox = new TestingSandbox();
  private Path path;

  @BeforeEach
  void choosePath() {
    path = temp.resolve("calls.journal");
  }

  /** What a tool of a test does. */
  @FunctionalInterface
  private interface Work {
    ToolResult run() throws InterruptedException;
  }

  private Tool tool(String name, Work work) {
    return new Tool() {
      @Override
      public ToolDefinition definition() {
        return new ToolDefinition(name, "", Json.object(), false);
      }

      @Override
      public ToolResult run(ToolInvocation invocation) throws InterruptedException {
        runs.incrementAndGet();
        return work.run();
      }
    };
  }

  private LocalHands hands(Tool... tools) {
    return new LocalHands(
        List.of(tools),
        FileJournal.open(path, new TestingBlobs()),
        new LazySandbox(() -> sandbox)::close,
        Duration.ZERO);
  }

  private static ToolInvocation invocation(String call, Duration timeout) {
    return new ToolInvocation(
        new SessionId("sesn_1"),
        new EventId(call),
        Json.object(),
        timeout,
        ToolInvocation.Progress.NONE);
  }

  private static ToolInvocation invocation(String call) {
    return invocation(call, Duration.ofSeconds(120));
  }

  @Test
  void aCallRunsOnceAndIsAnsweredFromTheJournalThen() throws Exception {
    Outcome done = new Outcome.Done(ToolResult.ok("1"));
    try (LocalHands hands = hands(tool("t", () -> ToolResult.ok("" + runs.get())))) {
      assertThat(hands.recover(invocation("sevt_1"), "t")).isEqualTo(new Outcome.NotStarted());
      assertThat(hands.call(invocation("sevt_1"), "t")).isEqualTo(done);
      assertThat(hands.call(invocation("sevt_1"), "t")).isEqualTo(done);
    }
    try (LocalHands hands = hands(tool("t", () -> ToolResult.ok("again")))) {
      assertThat(hands.recover(invocation("sevt_1"), "t")).isEqualTo(done);
      assertThat(hands.call(invocation("sevt_1"), "t")).isEqualTo(done);
    }
    assertThat(runs).hasValue(1);
    assertThat(sandbox.closed).as("a sandbox that nothing asked for").isFalse();
  }

  @Test
  void aCallThatBeganAndHasNoResultIsNotRunAgain() throws Exception {
    try (LocalHands hands =
        hands(
            tool(
                "t",
                () -> {
                  throw new IllegalStateException("a defect");
                }))) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> hands.call(invocation("sevt_1"), "t"));
      assertThat(hands.recover(invocation("sevt_1"), "t")).isEqualTo(new Outcome.Interrupted());
      assertThat(hands.call(invocation("sevt_1"), "t")).isEqualTo(new Outcome.Interrupted());
    }
    assertThat(runs).hasValue(1);
  }

  @Test
  void whatTheModelCanActOnIsAResultAndALostSandboxIsAnException() throws Exception {
    AtomicReference<ErrorCode> code = new AtomicReference<>(ErrorCode.NOT_FOUND);
    Tool failing =
        tool(
            "t",
            () -> {
              throw new SandboxException(code.get(), "because");
            });
    try (LocalHands hands = hands(failing)) {
      assertThat(hands.call(invocation("sevt_1"), "t"))
          .isEqualTo(new Outcome.Done(ToolResult.error("because")));
      code.set(ErrorCode.UNAVAILABLE);
      assertThatExceptionOfType(SandboxException.class)
          .isThrownBy(() -> hands.call(invocation("sevt_2"), "t"));
      assertThat(hands.recover(invocation("sevt_2"), "t")).isEqualTo(new Outcome.Interrupted());
    }
  }

  @Test
  void anUnknownToolIsToldWithTheKnownOnes() throws Exception {
    try (LocalHands hands =
        hands(tool("b", () -> ToolResult.ok("")), tool("a", () -> ToolResult.ok("")))) {
      assertThat(hands.call(invocation("sevt_1"), "c"))
          .isEqualTo(new Outcome.Done(ToolResult.error("there is no tool \"c\"; there are: a, b")));
    }
  }

  @Test
  void aToolThatDoesNotEndIsInterruptedWhenItsTimeIsUp() throws Exception {
    Tool endless =
        tool(
            "t",
            () -> {
              new CountDownLatch(1).await();
              return ToolResult.ok("never");
            });
    try (LocalHands hands = hands(endless)) {
      Outcome outcome = hands.call(invocation("sevt_1", Duration.ofMillis(20)), "t");
      assertThat(outcome)
          .isEqualTo(
              new Outcome.Done(
                  ToolResult.error("t was ended after 0 s; what it had done by then remains")));
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      assertThat(hands.recover(invocation("sevt_1"), "t")).isEqualTo(outcome);
    }
  }

  @Test
  void anInterruptFromOutsideEndsTheCallWithoutAResult() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Tool endless =
        tool(
            "t",
            () -> {
              started.countDown();
              new CountDownLatch(1).await();
              return ToolResult.ok("never");
            });
    try (LocalHands hands = hands(endless)) {
      AtomicReference<Throwable> ended = new AtomicReference<>();
      Thread caller =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      hands.call(invocation("sevt_1"), "t");
                    } catch (InterruptedException e) {
                      ended.set(e);
                    }
                  });
      started.await();
      assertThatExceptionOfType(SandboxException.class)
          .isThrownBy(() -> hands.call(invocation("sevt_1"), "t"))
          .withMessage("call sevt_1 is running already");
      caller.interrupt();
      caller.join();
      assertThat(ended.get()).isInstanceOf(InterruptedException.class);
      assertThat(hands.recover(invocation("sevt_1"), "t")).isEqualTo(new Outcome.Interrupted());
    }
  }

  @Test
  void anInterruptedThreadBeginsNoCall() {
    try (LocalHands hands = hands(tool("t", () -> ToolResult.ok("")))) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedException.class)
          .isThrownBy(() -> hands.call(invocation("sevt_1"), "t"));
      assertThat(hands.recover(invocation("sevt_1"), "t")).isEqualTo(new Outcome.NotStarted());
    }
    assertThat(runs).hasValue(0);
  }

  @Test
  void hugeResultsAreShortenedBeforeTheyAreRecorded() throws Exception {
    Tool huge = tool("t", () -> ToolResult.ok("a" + "\ud83d\ude00".repeat(1_000_000) + "z"));
    try (LocalHands hands = hands(huge)) {
      Outcome.Done done = (Outcome.Done) hands.call(invocation("sevt_1"), "t");
      String text = ContentBlock.textOf(done.result().content());
      assertThat(text).startsWith("a").endsWith("z").contains("characters left out");
      assertThat(text.length()).isLessThan(ResultLimits.MAX_TEXT_CHARS + 100);
      assertThat(hands.recover(invocation("sevt_1"), "t")).isEqualTo(done);
    }
  }

  @Test
  void theSandboxStartsWithItsFirstUseAndEndsWithTheHands() throws Exception {
    AtomicInteger started = new AtomicInteger();
    LazySandbox lazy =
        new LazySandbox(
            () -> {
              started.incrementAndGet();
              return sandbox;
            });
    Tool shell =
        tool(
            "t",
            () -> {
              lazy.get();
              return ToolResult.ok("");
            });
    LocalHands hands =
        new LocalHands(List.of(shell), FileJournal.open(path, new TestingBlobs()), lazy);
    assertThat(started).hasValue(0);
    hands.call(invocation("sevt_1"), "t");
    hands.call(invocation("sevt_2"), "t");
    assertThat(started).hasValue(1);
    hands.close();
    assertThat(sandbox.closed).isTrue();
    assertThatExceptionOfType(SandboxException.class).isThrownBy(lazy::get);
  }
}
