package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.DocumentFilter;
import dev.paddock.core.spi.Order;
import dev.paddock.core.spi.TimeRange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** A WHERE clause as it grows. What comes from outside is bound, never part of its text. */
final class Where {
  private static final Pattern PATH = Pattern.compile("[a-z0-9_]+(\\.[a-z0-9_]+)*");
  private static final int MAX_PATH = 255;
  private static final int MAX_PATHS = 16;
  private static final int MAX_VALUES = 100;

  private final StringBuilder text = new StringBuilder();
  private final List<Object> values = new ArrayList<>();

  /** {@code condition} has one question mark for each value. */
  Where and(String condition, Object... bound) {
    text.append(text.isEmpty() ? " WHERE " : " AND ").append(condition);
    Collections.addAll(values, bound);
    return this;
  }

  /** One of these; any when there are none. */
  Where in(String column, Collection<String> any) {
    if (any.size() > MAX_VALUES) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "a filter has %d values for %s, at most %d can be"
              .formatted(any.size(), column, MAX_VALUES));
    }
    if (!any.isEmpty()) {
      String marks = String.join(", ", Collections.nCopies(any.size(), "?"));
      and(column + " IN (" + marks + ")", new TreeSet<>(any).toArray());
    }
    return this;
  }

  Where equal(String column, Optional<String> value) {
    value.ifPresent(present -> and(column + " = ?", present));
    return this;
  }

  /** {@code column} holds milliseconds. */
  Where within(String column, TimeRange range) {
    range.after().ifPresent(time -> and(column + " > ?", millis(time)));
    range.from().ifPresent(time -> and(column + " >= ?", millisUp(time)));
    range.before().ifPresent(time -> and(column + " < ?", millisUp(time)));
    range.to().ifPresent(time -> and(column + " <= ?", millis(time)));
    return this;
  }

  private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  /** A time too far away for milliseconds means the same as the first or last one. */
  private static long millis(Instant time) {
    Instant near = time.isBefore(FIRST) ? FIRST : time.isAfter(LAST) ? LAST : time;
    return near.toEpochMilli();
  }

  private static long millisUp(Instant time) {
    boolean whole = time.truncatedTo(ChronoUnit.MILLIS).equals(time);
    return millis(time) + (whole ? 0 : 1);
  }

  /** {@code column} holds JSON. */
  Where matches(Dialect dialect, String column, DocumentFilter filter) {
    if (filter.matching().size() + filter.absent().size() > MAX_PATHS) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "a filter has %d paths, at most %d can be"
              .formatted(filter.matching().size() + filter.absent().size(), MAX_PATHS));
    }
    for (Map.Entry<String, String> field : new TreeMap<>(filter.matching()).entrySet()) {
      dialect.holds(this, column, parts(field.getKey()), field.getValue());
    }
    for (String path : new TreeSet<>(filter.absent())) {
      dialect.lacks(this, column, parts(path));
    }
    return this;
  }

  private static List<String> parts(String path) {
    if (path.length() > MAX_PATH || !PATH.matcher(path).matches()) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "not a path into a document: \"%s\"; it is names of a-z, 0-9 and _, joined by dots"
              .formatted(path.length() > MAX_PATH ? path.substring(0, MAX_PATH) + "…" : path));
    }
    return List.of(path.split("\\."));
  }

  /**
   * Rows of {@code table} that come after the one with an id in that order. Should it be gone, ids
   * tell the time too.
   *
   * @param owner further condition on the rows among which the id is looked up
   */
  Where after(String number, String table, Order order, String id, String owner, Object... bound) {
    String among = "FROM %s WHERE %sid ".formatted(table, owner);
    String place =
        switch (order) {
          case DESCENDING ->
              number + " < coalesce((SELECT number %1$s= ?), (SELECT max(number) + 1 %1$s< ?), 0)";
          case ASCENDING ->
              number
                  + " > coalesce((SELECT number %1$s= ?), (SELECT min(number) - 1 %1$s> ?),"
                  + " 9223372036854775807)";
        };
    List<Object> all = new ArrayList<>(List.of(bound));
    all.add(id);
    all.addAll(List.of(bound));
    all.add(id);
    return and(place.formatted(among), all.toArray());
  }

  static String orderBy(String number, Order order) {
    return switch (order) {
      case ASCENDING -> " ORDER BY " + number;
      case DESCENDING -> " ORDER BY " + number + " DESC";
    };
  }

  /** Begins with {@code WHERE}, or is empty. */
  String text() {
    return text.toString();
  }

  /** The bound values, and one more after them. */
  Object[] valuesAnd(Object last) {
    List<Object> all = new ArrayList<>(values);
    all.add(last);
    return all.toArray();
  }
}
