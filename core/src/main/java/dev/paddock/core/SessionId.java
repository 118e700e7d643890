package dev.paddock.core;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The id of a session, {@code sesn_…}. */
public record SessionId(@JsonValue String value) implements Comparable<SessionId> {
  private static final String PREFIX = "sesn";

  @JsonCreator
  public SessionId {
    Ids.require(PREFIX, value);
  }

  public static SessionId next() {
    return new SessionId(Ids.next(PREFIX));
  }

  @Override
  public int compareTo(SessionId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
