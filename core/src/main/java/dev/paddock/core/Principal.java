package dev.paddock.core;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Who caused an event. */
public record Principal(Kind kind, String id) {
  /** Paddock itself: model turns, tool results, status changes. */
  public static final Principal SYSTEM = new Principal(Kind.SYSTEM, "paddock");

  /** Where a principal comes from. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NONE)
  public enum Kind {
    @JsonProperty("system")
    SYSTEM,
    @JsonProperty("user")
    USER,
    @JsonProperty("key")
    KEY,
    @JsonProperty("worker")
    WORKER
  }

  /** The operating-system user who typed a command. */
  public static Principal localUser() {
    return new Principal(Kind.USER, System.getProperty("user.name", "unknown"));
  }
}
