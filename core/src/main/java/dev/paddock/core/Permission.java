package dev.paddock.core;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a tool policy says of a call. */
public enum Permission {
  @JsonProperty("allow")
  ALLOW,
  @JsonProperty("ask")
  ASK,
  @JsonProperty("deny")
  DENY
}
