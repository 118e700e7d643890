package dev.paddock.core;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The id of a session, {@code sesn_…}. */
public record SessionId(@JsonValue String value) implements Comparable<SessionId> {
  private static final String PREFIX = "sesn";
  private static final String THREAD = "sthr";

  @JsonCreator
  public SessionId {
    Ids.require(PREFIX, value);
  }

  public static SessionId next() {
    return new SessionId(Ids.next(PREFIX));
  }

  /** The session of a thread, by the thread's public id {@code sthr_…}. */
  public static SessionId ofThread(String threadId) {
    return new SessionId(PREFIX + Ids.require(THREAD, threadId).substring(THREAD.length()));
  }

  /** The public id of the thread that this session is, {@code sthr_…}. */
  public String threadId() {
    return THREAD + value.substring(PREFIX.length());
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
