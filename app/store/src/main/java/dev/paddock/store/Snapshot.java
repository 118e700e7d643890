package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/** A copied database that came from outside, on its way to become a home's own. */
record Snapshot(SqliteDatabase copy) {

  /** What is wrong with it; empty when it is sound. */
  Optional<String> fault() {
    try (SqlConnection sql = copy.openReader()) {
      int version = copy.checkedVersion(sql);
      if (version == 0) {
        return Optional.of("its database is empty");
      }
      String check = sql.first("PRAGMA quick_check(1)", row -> row.getString(1)).orElse("");
      if (!check.equals("ok")) {
        return Optional.of("its database is damaged: " + check);
      }
      // A trigger or a view could do things of its own.
      return schema(sql).equals(schema(version))
          ? Optional.empty()
          : Optional.of("its database has other tables than version %d has".formatted(version));
    } catch (SQLException e) {
      return Optional.of("its database cannot be read: " + e.getMessage());
    }
  }

  private static Set<String> schema(int version) throws SQLException {
    try (SqlConnection memory = SqliteDatabase.connect(":memory:")) {
      Migrations.SQLITE.run(memory, 0, version);
      return schema(memory);
    }
  }

  private static Set<String> schema(SqlConnection sql) throws SQLException {
    return Set.copyOf(
        sql.list(
            "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema",
            row -> row.getString(1)));
  }

  /** Puts it in another one's place, if nobody has that open. */
  void moveTo(SqliteDatabase target) throws IOException {
    Path file = target.file();
    if (!Files.exists(file)) {
      moveFile(target);
      return;
    }
    try (SqlConnection sql = SqliteDatabase.connect(file.toString())) {
      boolean claimed = claim(sql, target);
      moveFile(target);
      if (claimed) {
        sql.execute("ROLLBACK");
      }
    } catch (SQLException e) {
      throw SqliteErrors.translate(e, file);
    }
  }

  private void moveFile(SqliteDatabase target) throws IOException {
    // A log that was left behind would be replayed onto the new database.
    Files.deleteIfExists(target.wal());
    Files.deleteIfExists(target.file().resolveSibling(SqliteDatabase.NAME + "-shm"));
    Files.move(
        copy.file(),
        target.file(),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Locks everyone out; false when it is too damaged for that. */
  private static boolean claim(SqlConnection sql, SqliteDatabase target) throws SQLException {
    try {
      // Leaving WAL needs the file alone: it fails while any other connection exists.
      if (!SqliteDatabase.journalMode(sql, "DELETE").equals("delete")) {
        throw inUse(target, Optional.empty());
      }
      sql.execute("BEGIN EXCLUSIVE");
      return true;
    } catch (SQLException e) {
      return switch (SqliteErrors.translate(e, target.file()).code()) {
        case CORRUPT -> false;
        case BUSY -> throw inUse(target, Optional.of(e));
        default -> throw e;
      };
    }
  }

  private static StoreException inUse(SqliteDatabase target, Optional<SQLException> cause) {
    return new StoreException(
        ErrorCode.CONFLICT,
        "%s is in use; stop every Paddock that works on this home, then restore"
            .formatted(target.file()),
        cause.orElse(null));
  }
}
