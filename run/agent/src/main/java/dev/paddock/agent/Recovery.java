package dev.paddock.agent;

import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.Append;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What follows a request that failed: a wait and another try, or the end of the turn. */
final class Recovery {
  private final RunContext context;
  private final Retries retries;

  Recovery(RunContext context) {
    this.context = context;
    this.retries = new Retries(context.parts().clock(), context.parts().random());
  }

  void succeeded() {
    retries.succeeded();
  }

  /** How long to wait before the next try; empty when there is none. */
  Optional<Duration> after(PaddockException e) {
    return retries.afterFailure(e);
  }

  /**
   * @param wait as {@link #after} said
   * @param first events that go before the error
   */
  void failed(PaddockException e, Optional<Duration> wait, List<? extends SessionEvent> first)
      throws CutException, LeaseLostException, InterruptedException {
    List<SessionEvent> events = new ArrayList<>(first);
    if (wait.isEmpty()) {
      events.add(SessionErrors.exhausted(e));
      events.add(SessionRun.idle(new StopReason.RetriesExhausted()));
      retries.succeeded();
      context.idling();
      context.log().append(ignored -> events, Append.Durability.ACKNOWLEDGED);
      return;
    }
    events.add(SessionErrors.retrying(e));
    context.log().append(events);
    context.preview(new Preview.Retry(retries.failures(), wait.get(), e.getMessage()));
    context.cuttable(
        "waiting",
        () -> {
          context.parts().sleeper().sleep(wait.get());
          return true;
        });
  }
}
