package dev.paddock.core;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where a session stands. */
public enum SessionStatus {
  @JsonProperty("idle")
  IDLE,
  @JsonProperty("running")
  RUNNING,
  @JsonProperty("rescheduling")
  RESCHEDULING,
  @JsonProperty("terminated")
  TERMINATED
}
