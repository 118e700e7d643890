package dev.paddock.core;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The id of a session event, {@code sevt_…}. */
public record EventId(@JsonValue String value) implements Comparable<EventId> {
  private static final String PREFIX = "sevt";

  @JsonCreator
  public EventId {
    Ids.require(PREFIX, value);
  }

  public static EventId next() {
    return new EventId(Ids.next(PREFIX));
  }

  @Override
  public int compareTo(EventId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
