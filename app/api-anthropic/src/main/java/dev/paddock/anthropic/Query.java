package dev.paddock.anthropic;

import dev.paddock.core.spi.TimeRange;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.ServerException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The query of a list. Names that an endpoint does not know are ignored, as the vendor does. */
record Query(RequestHead head) {
  static final int DEFAULT_LIMIT = 20;
  static final int MAX_LIMIT = 100;

  Optional<String> text(String name) {
    return head.query(name).filter(text -> !text.isEmpty());
  }

  /** An id that is looked for; one that cannot be an id matches nothing. */
  Optional<String> id(String name) {
    return text(name).map(id -> Ids.plausible(id) ? id : Ids.NONE);
  }

  int limit() {
    return limit(DEFAULT_LIMIT, MAX_LIMIT);
  }

  int limit(int usual, int max) {
    return (int) (long) integer("limit", 1, max).orElse((long) usual);
  }

  Optional<Long> integer(String name, long min, long max) {
    return text(name)
        .map(
            text -> {
              try {
                long value = Long.parseLong(text);
                if (value >= min && value <= max) {
                  return value;
                }
              } catch (NumberFormatException e) {
                throw ServerException.invalid(
                    name, "must be an integer, not \"%s\"".formatted(Texts.shortened(text)));
              }
              throw ServerException.invalid(name, "must be from %d to %d".formatted(min, max));
            });
  }

  boolean flag(String name) {
    return switch (text(name).orElse("false")) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw ServerException.invalid(name, "must be true or false");
    };
  }

  Optional<String> word(String name, String... words) {
    Optional<String> text = text(name);
    if (text.isPresent() && !List.of(words).contains(text.get())) {
      throw ServerException.invalid(name, "must be one of " + List.of(words));
    }
    return text;
  }

  /** {@code name[]} and {@code name}, each any number of times. */
  List<String> texts(String name, int max) {
    List<String> all =
        Stream.of(name + "[]", name)
            .flatMap(key -> head.query().getOrDefault(key, List.of()).stream())
            .filter(text -> !text.isEmpty())
            .distinct()
            .toList();
    if (all.size() > max) {
      throw ServerException.invalid(name, "at most %d values".formatted(max));
    }
    return all;
  }

  List<String> words(String name, String... words) {
    List<String> all = texts(name, words.length);
    if (!List.of(words).containsAll(all)) {
      throw ServerException.invalid(name, "must be of " + List.of(words));
    }
    return all;
  }

  /** {@code name[gt]}, {@code name[gte]}, {@code name[lt]}, {@code name[lte]}. */
  TimeRange times(String name) {
    return new TimeRange(
        time(name + "[gt]"), time(name + "[gte]"), time(name + "[lt]"), time(name + "[lte]"));
  }

  private Optional<Instant> time(String name) {
    return text(name).map(text -> instant(name, text));
  }

  static Instant instant(String name, String text) {
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      if (time.isBefore(Instant.EPOCH) || time.isAfter(Instant.parse("9999-12-31T23:59:59Z"))) {
        throw ServerException.invalid(name, "must be a time from 1970 to 9999");
      }
      return time;
    } catch (DateTimeException e) {
      throw ServerException.invalid(
          name,
          "must be an RFC 3339 time such as 2026-11-24T09:30:00Z, not \"%s\""
              .formatted(Texts.shortened(text)));
    }
  }

  Optional<Cursor> page() {
    return text("page").map(Cursor::parse);
  }
}
