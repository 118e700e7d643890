package dev.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.server.spi.Retries;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryingModelCallsTest {
  private final Deque<ModelException> failures = new ArrayDeque<>();
  private final List<Duration> slept = new ArrayList<>();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final RetryingModelCalls calls = new RetryingModelCalls(new Retries(slept::add));

  /** Fails as often as there are failures, then says two words. */
  private final class TestingModel implements Model {
    @Override
    public ModelDescription description() {
      throw new AssertionError("nothing asks what the model is");
    }

    @Override
    public ModelStream stream(ModelRequest request) {
      opened.incrementAndGet();
      Deque<ModelEvent> events = new ArrayDeque<>();
      events.add(new ModelEvent.TextDelta("one"));
      events.add(new ModelEvent.TextDelta("two"));
      return new ModelStream() {
        @Override
        public Optional<ModelEvent> next() {
          if (!failures.isEmpty()) {
            throw failures.pop();
          }
          return Optional.ofNullable(events.poll());
        }

        @Override
        public void close() {
          closed.incrementAndGet();
        }
      };
    }
  }

  private static ModelException failure(ErrorCode code, Duration retryAfter) {
    return new ModelException(code, "scripted", null, retryAfter);
  }

  private static ModelException failure(ErrorCode code) {
    return new ModelException(code, "scripted");
  }

  @SuppressWarnings("NullAway") // the model looks at no request
  private ModelStream ask() throws InterruptedException {
    return calls.stream(new TestingModel(), null);
  }

  @Test
  void whatMayPassIsTriedAgainTwice() throws InterruptedException {
    failures.add(failure(ErrorCode.OVERLOADED));
    failures.add(failure(ErrorCode.RATE_LIMITED));
    try (ModelStream stream = ask()) {
      assertThat(stream.next()).contains(new ModelEvent.TextDelta("one"));
      assertThat(stream.next()).contains(new ModelEvent.TextDelta("two"));
      assertThat(stream.next()).isEmpty();
    }
    assertThat(slept).containsExactly(Duration.ofMillis(300), Duration.ofMillis(900));
    assertThat(opened).hasValue(3);
    assertThat(closed).hasValue(3);
  }

  @Test
  void theThirdFailureIsThrown() {
    for (int i = 0; i < 3; i++) {
      failures.add(failure(ErrorCode.OVERLOADED));
    }
    assertThatThrownBy(this::ask).isInstanceOf(ModelException.class);
    assertThat(opened).hasValue(3);
    assertThat(closed).hasValue(3);
  }

  @Test
  void whatWillNotPassIsThrownAtOnce() {
    failures.add(failure(ErrorCode.INVALID_REQUEST));
    assertThatThrownBy(this::ask).isInstanceOf(ModelException.class);
    assertThat(slept).isEmpty();
  }

  @Test
  void aWaitBeyondFiveSecondsIsTheClients() {
    failures.add(failure(ErrorCode.RATE_LIMITED, Duration.ofSeconds(6)));
    assertThatThrownBy(this::ask).isInstanceOf(ModelException.class);
    assertThat(slept).isEmpty();
    failures.add(failure(ErrorCode.RATE_LIMITED, Duration.ofSeconds(3)));
    failures.add(failure(ErrorCode.RATE_LIMITED, Duration.ofSeconds(3)));
    assertThatThrownBy(this::ask).isInstanceOf(ModelException.class);
    assertThat(slept).containsExactly(Duration.ofSeconds(3));
  }

  @Test
  void aClientThatHangsUpEndsItsStream() throws InterruptedException {
    HangUps hangUps = new HangUps();
    AtomicBoolean gone = new AtomicBoolean();
    ScopedValue.where(HangUps.CLIENT, new HangUps.Client(hangUps, gone::get)).call(this::ask);
    hangUps.look();
    assertThat(closed).hasValue(0);
    gone.set(true);
    hangUps.look();
    hangUps.look();
    assertThat(closed).hasValue(1);
  }
}
