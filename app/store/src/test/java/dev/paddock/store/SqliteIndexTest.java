package dev.paddock.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a list or a sweep looks up, SQLite finds by an index. */
final class SqliteIndexTest {
  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path home;

  private String plan(String query) throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (SqlConnection sql = new SqliteDatabase(home.resolve(SqliteDatabase.NAME)).openReader()) {
      sql.visit(
          "EXPLAIN QUERY PLAN " + query,
          row -> {
            plan.append(row.getString(4)).append('\n');
            return true;
          });
    }
    return plan.toString();
  }

  @Test
  void looksUp() throws SQLException {
    SqliteStore.open(home).close();
    assertThat(plan(SqlSessions.RECORD + " WHERE s.unfinished = 1 ORDER BY s.number LIMIT 9"))
        .contains("sessions_unfinished")
        .doesNotContain("TEMP B-TREE");
    assertThat(plan(SqlSessions.RECORD + " WHERE s.parent IS NULL ORDER BY s.number DESC LIMIT 9"))
        .contains("sessions_by_parent")
        .doesNotContain("TEMP B-TREE");
    assertThat(
            plan(
                SqlSessions.RECORD
                    + " WHERE s.workspace = 'w' AND s.parent IS NULL ORDER BY s.number LIMIT 9"))
        .contains("sessions_by_workspace")
        .doesNotContain("TEMP B-TREE");
    assertThat(plan("SELECT * FROM resources WHERE kind = 'k' ORDER BY number DESC LIMIT 9"))
        .contains("resources_by_kind")
        .doesNotContain("TEMP B-TREE");
  }
}
