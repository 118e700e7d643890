package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.Outcome;
import dev.paddock.core.SessionState;
import dev.paddock.core.Usage;
import dev.paddock.core.spi.SessionRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A session and its threads as answers show them: what they were made from, and their fold. */
record SessionWire(SessionStore store, Clock clock) {

  ObjectNode session(SessionRecord session) {
    Fold fold = store.fold(session);
    JsonNode wire = SessionDoc.wire(session);
    ObjectNode answer = Json.object().put("id", session.id().value()).put("type", "session");
    answer.put("status", status(fold));
    answer.set("agent", wire.path("agent"));
    answer.set("environment_id", wire.path("environment_id"));
    answer.set("title", wire.path("title"));
    answer.set("metadata", wire.path("metadata"));
    answer.set("budget", wire.path("budget"));
    answer.set("resources", wire.path("resources"));
    answer.set("vault_ids", wire.path("vault_ids"));
    answer.putNull("deployment_id");
    answer.set("outcome_evaluations", outcomes(fold.state()));
    answer.set("stats", stats(session, fold));
    answer.set("usage", usage(session, fold));
    answer.put("created_at", session.createdAt().toString());
    answer.put("updated_at", session.updatedAt().toString());
    answer.set("archived_at", wire.path("archived_at"));
    return answer;
  }

  /** The session itself is the primary thread. */
  ObjectNode thread(SessionRecord session, SessionRecord thread) {
    boolean primary = thread.id().equals(session.id());
    Fold fold = store.fold(thread);
    JsonNode wire = SessionDoc.wire(thread);
    ObjectNode answer = Json.object().put("id", thread.id().threadId());
    answer.put("type", "session_thread").put("session_id", session.id().value());
    answer.set("agent", AgentWire.threadSnapshot(wire.path("agent")));
    answer.put("status", status(fold));
    answer.put("parent_thread_id", primary ? null : session.id().threadId());
    answer.putNull("workflow_run_id");
    boolean began = fold.startedAt().isPresent();
    answer.set("stats", began ? threadStats(thread, fold) : null);
    answer.set("usage", began ? usage(thread, fold) : null);
    answer.put("created_at", thread.createdAt().toString());
    answer.put("updated_at", thread.updatedAt().toString());
    JsonNode archived = wire.path("archived_at");
    answer.set("archived_at", archived.isMissingNode() ? Json.mapper().nullNode() : archived);
    return answer;
  }

  private static String status(Fold fold) {
    return Json.tree(fold.state().status()).asText();
  }

  private ObjectNode stats(SessionRecord session, Fold fold) {
    Instant now = clock.instant();
    Instant until =
        switch (fold.state().status()) {
          case TERMINATED -> fold.lastAt().orElse(now);
          case IDLE, RUNNING, RESCHEDULING -> now;
        };
    return Json.object()
        .put("active_seconds", seconds(fold.activeUntil(now)))
        .put("duration_seconds", seconds(Duration.between(session.createdAt(), until)));
  }

  private ObjectNode threadStats(SessionRecord thread, Fold fold) {
    Instant started = fold.startedAt().orElse(thread.createdAt());
    return stats(thread, fold)
        .put("startup_seconds", seconds(Duration.between(thread.createdAt(), started)));
  }

  private static double seconds(Duration duration) {
    return Math.max(0, duration.toMillis()) / 1000.0;
  }

  private ObjectNode usage(SessionRecord session, Fold fold) {
    Usage usage = fold.state().usage();
    ObjectNode wire = Json.object();
    wire.put("input_tokens", usage.inputTokens()).put("output_tokens", usage.outputTokens());
    wire.put("cache_read_input_tokens", usage.cacheReadTokens());
    wire.putObject("cache_creation")
        .put("ephemeral_1h_input_tokens", 0)
        .put("ephemeral_5m_input_tokens", usage.cacheCreationTokens());
    wire.put("active_seconds", seconds(fold.activeUntil(clock.instant())));
    wire.set("list_cost", cost(session, fold.state()).orElse(null));
    return wire;
  }

  /** Shown when something was counted or is limited; a model without a price counts nothing. */
  private static Optional<ObjectNode> cost(SessionRecord session, SessionState state) {
    boolean tracked = state.costUsd() > 0 || SessionDoc.wire(session).path("budget").isObject();
    return tracked ? Optional.of(BudgetWire.amount(state.costUsd())) : Optional.empty();
  }

  private static ArrayNode outcomes(SessionState state) {
    ArrayNode list = Json.mapper().createArrayNode();
    for (Outcome outcome : state.outcomes()) {
      list.addObject()
          .put("type", "outcome_evaluation")
          .put("outcome_id", outcome.outcomeId())
          .put("description", outcome.description())
          .put("result", outcome.result())
          .put("iteration", outcome.iteration())
          .put("explanation", outcome.explanation().orElse(null))
          .put("completed_at", outcome.completedAt().map(Instant::toString).orElse(null));
    }
    return list;
  }
}
