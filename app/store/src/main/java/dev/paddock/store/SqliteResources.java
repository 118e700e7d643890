package dev.paddock.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append.Durability;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.Resources;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Resources on SQLite. */
final class SqliteResources implements Resources {
  private static final String SELECT =
      "SELECT kind, id, workspace, version, document, created_at, updated_at FROM resources ";
  private static final String BY_ID = SELECT + "WHERE kind = ? AND id = ?";
  private static final int MAX_NAME = 255;

  private final Writer writer;
  private final Readers readers;
  private final Clock clock;

  SqliteResources(Writer writer, Readers readers, Clock clock) {
    this.writer = writer;
    this.readers = readers;
    this.clock = clock;
  }

  @Override
  public Resource create(String kind, String id, WorkspaceId workspaceId, ObjectNode document) {
    requireName("kind", kind);
    requireName("id", id);
    Instant now = Instant.ofEpochMilli(clock.millis());
    String json = json(kind, id, document);
    return writer.write(
        Durability.ACKNOWLEDGED,
        json.length(),
        tx -> {
          if (tx.first(BY_ID, SqliteResources::resource, kind, id).isPresent()) {
            throw new StoreException(
                ErrorCode.CONFLICT, "%s %s exists already; use a new id".formatted(kind, id));
          }
          tx.update(
              "INSERT INTO resources (kind, id, workspace, version, document, created_at, updated_at)"
                  + " VALUES (?, ?, ?, 1, ?, ?, ?)",
              kind,
              id,
              workspaceId.value(),
              json,
              now.toEpochMilli(),
              now.toEpochMilli());
          BlobReferences.ofResource(tx, number(tx, kind, id), json, now);
          return new Resource(kind, id, workspaceId, 1, document.deepCopy(), now, now);
        });
  }

  @Override
  public Optional<Resource> find(String kind, String id) {
    return readers.read(sql -> sql.first(BY_ID, SqliteResources::resource, kind, id));
  }

  @Override
  public Resource update(String kind, String id, long expectedVersion, ObjectNode document) {
    Instant now = Instant.ofEpochMilli(clock.millis());
    String json = json(kind, id, document);
    return writer.write(
        Durability.ACKNOWLEDGED,
        json.length(),
        tx -> {
          Resource stored =
              tx.first(BY_ID, SqliteResources::resource, kind, id)
                  .orElseThrow(() -> notFound(kind, id));
          if (stored.version() != expectedVersion) {
            throw new StoreException(
                ErrorCode.CONFLICT,
                "%s %s has version %d, not %d as expected; read it and try again"
                    .formatted(kind, id, stored.version(), expectedVersion));
          }
          long version = expectedVersion + 1;
          tx.update(
              "UPDATE resources SET version = ?, document = ?, updated_at = ? WHERE kind = ? AND id = ?",
              version,
              json,
              now.toEpochMilli(),
              kind,
              id);
          BlobReferences.ofResource(tx, number(tx, kind, id), json, now);
          return new Resource(
              kind,
              id,
              stored.workspaceId(),
              version,
              document.deepCopy(),
              stored.createdAt(),
              now);
        });
  }

  @Override
  public List<Resource> list(
      String kind, Optional<WorkspaceId> workspaceId, Optional<String> before, int limit) {
    SqliteSessions.requireLimit(limit);
    return readers.read(
        sql ->
            sql.list(
                SELECT
                    + "WHERE kind = ?1 AND (?2 = '' OR workspace = ?2) AND (?3 = '' OR number < coalesce("
                    + "(SELECT number FROM resources WHERE kind = ?1 AND id = ?3),"
                    + " (SELECT max(number) + 1 FROM resources WHERE kind = ?1 AND id < ?3), 0))"
                    + " ORDER BY number DESC LIMIT ?4",
                SqliteResources::resource,
                kind,
                workspaceId.map(WorkspaceId::value).orElse(""),
                before.orElse(""),
                limit));
  }

  @Override
  public boolean delete(String kind, String id) {
    return writer.write(
        Durability.ACKNOWLEDGED,
        tx -> {
          tx.update(
              "DELETE FROM blob_references WHERE session = 0 AND resource ="
                  + " (SELECT number FROM resources WHERE kind = ? AND id = ?)",
              kind,
              id);
          return tx.update("DELETE FROM resources WHERE kind = ? AND id = ?", kind, id) > 0;
        });
  }

  private static long number(Transaction tx, String kind, String id) throws SQLException {
    return tx.number("SELECT number FROM resources WHERE kind = ? AND id = ?", kind, id);
  }

  private static String json(String kind, String id, ObjectNode document) {
    String json = Json.write(document);
    if (json.length() > EventRecord.MAX_BYTES) {
      throw new StoreException(
          ErrorCode.LIMIT_EXCEEDED,
          "the document of %s %s has %,d characters, the store takes up to %,d; store content as files"
              .formatted(kind, id, json.length(), EventRecord.MAX_BYTES));
    }
    return json;
  }

  private static void requireName(String what, String name) {
    if (name.isBlank() || name.length() > MAX_NAME) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "a resource's %s must have 1 to %d characters, this one has %d"
              .formatted(what, MAX_NAME, name.length()));
    }
  }

  private static StoreException notFound(String kind, String id) {
    return new StoreException(ErrorCode.NOT_FOUND, "no %s %s".formatted(kind, id));
  }

  private static Resource resource(ResultSet row) throws SQLException {
    return new Resource(
        row.getString(1),
        row.getString(2),
        new WorkspaceId(row.getString(3)),
        row.getLong(4),
        Json.read(row.getString(5), ObjectNode.class),
        Instant.ofEpochMilli(row.getLong(6)),
        Instant.ofEpochMilli(row.getLong(7)));
  }
}
