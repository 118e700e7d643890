package dev.paddock.core;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The id of a workspace, the unit of ownership: every resource and session belongs to one. */
public record WorkspaceId(@JsonValue String value) {
  /** The workspace of a home that has only one. */
  public static final WorkspaceId DEFAULT = new WorkspaceId("wrkspc_default");

  @JsonCreator
  public WorkspaceId {
    Ids.require("wrkspc", value);
  }

  @Override
  public String toString() {
    return value;
  }
}
