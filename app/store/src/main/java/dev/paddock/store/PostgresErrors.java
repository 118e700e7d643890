package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import java.sql.SQLException;
import java.util.Set;

/**
 * Says in words what an error code of PostgreSQL means for the database of that name. The codes:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
final class PostgresErrors {
  /** The server ends the connection: shut down, crashed, starting, idle for too long. */
  private static final Set<String> ENDED =
      Set.of("57P01", "57P02", "57P03", "57P05", "25P03", "25P04");

  private PostgresErrors() {}

  static boolean isLost(SQLException e) {
    String state = state(e);
    return state.startsWith("08") || ENDED.contains(state);
  }

  static StoreException translate(SQLException e, String name) {
    String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    if (isLost(e)) {
      return of(
          ErrorCode.UNAVAILABLE,
          e,
          "no connection to %s (%s); check that it runs, then try again".formatted(name, said));
    }
    String state = state(e);
    return switch (state) {
      case "53100" ->
          of(
              ErrorCode.DISK_FULL,
              e,
              "no space left on the disk of %s; nothing was written. Free some space and try again"
                  .formatted(name));
      case "25006" ->
          of(
              ErrorCode.READ_ONLY,
              e,
              "%s is read-only; name the primary server, or end its default_transaction_read_only"
                  .formatted(name));
      case "55P03", "40001", "40P01" ->
          of(ErrorCode.BUSY, e, "another node holds %s; try again when it is done".formatted(name));
      case "53300", "53200", "58030" ->
          of(ErrorCode.UNAVAILABLE, e, "%s cannot serve now: %s".formatted(name, said));
      case "57014" -> of(ErrorCode.TIMEOUT, e, "%s gave up: %s".formatted(name, said));
      case "42501" ->
          of(
              ErrorCode.PERMISSION_DENIED,
              e,
              "the user of %s may not do this (%s); let it own its schema".formatted(name, said));
      case "3D000" ->
          of(ErrorCode.NOT_FOUND, e, "%s: %s; make it with createdb".formatted(name, said));
      case "42P07", "42723" ->
          of(
              ErrorCode.CONFLICT,
              e,
              "%s holds other tables (%s); give Paddock a database or schema of its own"
                  .formatted(name, said));
      default -> ofClass(state, e, name, said);
    };
  }

  private static StoreException ofClass(String state, SQLException e, String name, String said) {
    ErrorCode code =
        switch (state.length() < 2 ? "" : state.substring(0, 2)) {
          case "28" -> ErrorCode.UNAUTHENTICATED;
          case "22" -> ErrorCode.INVALID_REQUEST;
          case "XX" -> state.equals("XX000") ? ErrorCode.INTERNAL : ErrorCode.CORRUPT;
          default -> ErrorCode.INTERNAL;
        };
    return of(code, e, "%s: %s".formatted(name, said));
  }

  private static String state(SQLException e) {
    return String.valueOf(e.getSQLState());
  }

  private static StoreException of(ErrorCode code, SQLException cause, String message) {
    return new StoreException(code, message, cause);
  }
}
