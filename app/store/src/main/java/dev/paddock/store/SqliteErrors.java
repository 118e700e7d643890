package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Says in words what a result code of SQLite means for the database at {@code file}. */
final class SqliteErrors {
  private SqliteErrors() {}

  static StoreException translate(SQLException e, Path file) {
    SQLiteErrorCode code =
        e instanceof SQLiteException sqlite
            ? sqlite.getResultCode()
            : SQLiteErrorCode.UNKNOWN_ERROR;
    // The low byte of an extended result code is its primary one: https://sqlite.org/rescode.html
    return switch (code.code & 0xff) {
      case 5, 6 ->
          of(
              ErrorCode.BUSY,
              e,
              "another process holds %s; try again when it is done".formatted(file));
      case 13 -> diskFull(file, e);
      case 8, 14 -> readOnly(file, e);
      case 11, 26 ->
          of(
              ErrorCode.CORRUPT,
              e,
              "%s is damaged or no database; put it aside and restore a backup".formatted(file));
      case 10 ->
          isShared(code)
              ? diskFull(file, e)
              : of(
                  ErrorCode.UNAVAILABLE,
                  e,
                  "the disk failed while reading or writing %s (%s)".formatted(file, code.name()));
      default -> of(ErrorCode.INTERNAL, e, "%s: %s".formatted(file, e.getMessage()));
    };
  }

  static StoreException readOnly(Path file, Throwable cause) {
    return of(
        ErrorCode.READ_ONLY,
        cause,
        "cannot write %s: the file, its folder or the disk is read-only; make it writable or set PADDOCK_HOME"
            .formatted(file));
  }

  static StoreException diskFull(Path file, Throwable cause) {
    return of(
        ErrorCode.DISK_FULL,
        cause,
        "no space left on the disk of %s; nothing was written. Free some space and try again"
            .formatted(file));
  }

  /** The index of the write-ahead log cannot grow or be mapped: only a full disk does that. */
  private static boolean isShared(SQLiteErrorCode code) {
    return code == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE
        || code == SQLiteErrorCode.SQLITE_IOERR_SHMMAP;
  }

  private static StoreException of(ErrorCode code, Throwable cause, String message) {
    return new StoreException(code, message, cause);
  }
}
