package dev.paddock.core.spi;

import java.util.Set;

/**
 * Which entries of a session's log to read.
 *
 * @param afterSequence only greater ones
 * @param beforeSequence only smaller ones
 * @param types empty for every type
 */
public record LogQuery(
    long afterSequence,
    long beforeSequence,
    Set<String> types,
    TimeRange created,
    Order order,
    int limit) {
  /** The whole log. */
  public static final LogQuery ALL =
      new LogQuery(0, Long.MAX_VALUE, Set.of(), TimeRange.ANY, Order.ASCENDING, Integer.MAX_VALUE);

  public LogQuery {
    types = Set.copyOf(types);
  }

  public static LogQuery first(int limit) {
    return ALL.withLimit(limit);
  }

  public static LogQuery last(int limit) {
    return ALL.withOrder(Order.DESCENDING).withLimit(limit);
  }

  public LogQuery withAfter(long sequence) {
    return new LogQuery(sequence, beforeSequence, types, created, order, limit);
  }

  public LogQuery withBefore(long sequence) {
    return new LogQuery(afterSequence, sequence, types, created, order, limit);
  }

  public LogQuery withTypes(Set<String> any) {
    return new LogQuery(afterSequence, beforeSequence, any, created, order, limit);
  }

  public LogQuery withCreated(TimeRange range) {
    return new LogQuery(afterSequence, beforeSequence, types, range, order, limit);
  }

  public LogQuery withOrder(Order by) {
    return new LogQuery(afterSequence, beforeSequence, types, created, by, limit);
  }

  public LogQuery withLimit(int most) {
    return new LogQuery(afterSequence, beforeSequence, types, created, order, most);
  }
}
