package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionState;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** {@code session.usage}: what a session used up, said before it goes idle. Money is in cents. */
final class UsageSnapshot {
  private UsageSnapshot() {}

  /** Empty when nothing was used since it was said last. */
  static Optional<SessionEvent> of(SessionState state, List<LogEntry> log, Instant now) {
    boolean used = false;
    for (LogEntry entry : log.reversed()) {
      if (entry.event() instanceof SessionEvent.SessionUsage) {
        break;
      }
      used |= entry.event() instanceof SessionEvent.ModelRequestEnd;
    }
    if (!used) {
      return Optional.empty();
    }
    ObjectNode usage = Json.object();
    usage.put("input_tokens", state.usage().inputTokens());
    usage.put("output_tokens", state.usage().outputTokens());
    usage.put("cache_read_input_tokens", state.usage().cacheReadTokens());
    usage
        .putObject("cache_creation")
        .put("ephemeral_5m_input_tokens", state.usage().cacheCreationTokens())
        .put("ephemeral_1h_input_tokens", 0);
    usage.put("active_seconds", Spending.active(log, state, now).toMillis() / 1000.0);
    if (state.costUsd() > 0) {
      usage
          .putObject("list_cost")
          .put(
              "amount",
              BigDecimal.valueOf(state.costUsd())
                  .movePointRight(2)
                  .setScale(0, RoundingMode.HALF_UP)
                  .toPlainString())
          .put("currency", "USD");
    }
    return Optional.of(new SessionEvent.SessionUsage(EventId.next(), usage));
  }
}
