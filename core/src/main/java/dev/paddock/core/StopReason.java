package dev.paddock.core;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;

/** Why a session went idle. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(StopReason.EndTurn.class),
  @JsonSubTypes.Type(StopReason.RequiresAction.class),
  @JsonSubTypes.Type(StopReason.RetriesExhausted.class),
  @JsonSubTypes.Type(StopReason.BudgetReached.class),
  @JsonSubTypes.Type(StopReason.Refusal.class)
})
public sealed interface StopReason {
  /** The model finished its answer, or the turn was interrupted. */
  @JsonTypeName("end_turn")
  record EndTurn() implements StopReason {}

  /** The named events wait for a confirmation or a result. */
  @JsonTypeName("requires_action")
  record RequiresAction(@JsonProperty("event_ids") List<EventId> eventIds) implements StopReason {}

  /** The model request failed too often. */
  @JsonTypeName("retries_exhausted")
  record RetriesExhausted() implements StopReason {}

  /** Turns, tokens, seconds or money are used up. */
  @JsonTypeName("budget_reached")
  record BudgetReached() implements StopReason {}

  /** The model refused. */
  @JsonTypeName("refusal")
  record Refusal() implements StopReason {}
}
