package dev.paddock.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append.Durability;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.Resources;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Resources in a database. */
final class SqlResources implements Resources {
  private static final String SELECT =
      "SELECT kind, id, workspace, version, document, created_at, updated_at, number FROM resources";
  private static final String BY_ID = SELECT + " WHERE kind = ? AND id = ?";
  private static final int MAX_NAME = 255;
  private static final int MAX_CHANGES = 1_000;

  /** Sorts behind every id that begins the same. */
  private static final String HIGHEST = Character.toString(Character.MAX_CODE_POINT);

  private final Dialect dialect;
  private final Writer writer;
  private final Readers readers;
  private final Clock clock;

  SqlResources(Dialect dialect, Writer writer, Readers readers, Clock clock) {
    this.dialect = dialect;
    this.writer = writer;
    this.readers = readers;
    this.clock = clock;
  }

  /** A stored resource and its row. */
  private record Stored(Resource resource, long number) {}

  /** A change and its document as it will be stored. */
  private record Prepared(Change change, Optional<EncodedDocument> document) {
    int size() {
      return document.map(EncodedDocument::size).orElse(0);
    }
  }

  @Override
  public List<Resource> apply(List<? extends Change> changes) {
    if (changes.size() > MAX_CHANGES) {
      throw new StoreException(
          ErrorCode.LIMIT_EXCEEDED,
          "%,d changes at once, the store takes up to %,d; split them"
              .formatted(changes.size(), MAX_CHANGES));
    }
    Instant now = Instant.ofEpochMilli(clock.millis());
    List<Prepared> prepared = new ArrayList<>();
    long size = 0;
    for (Change change : changes) {
      prepared.add(new Prepared(change, document(change, now)));
      size += prepared.getLast().size();
    }
    return writer.write(
        Durability.ACKNOWLEDGED,
        (int) Math.min(size, Integer.MAX_VALUE),
        tx -> {
          List<Resource> left = new ArrayList<>();
          for (Prepared change : prepared) {
            apply(tx, change).ifPresent(left::add);
          }
          return left;
        });
  }

  private static Optional<EncodedDocument> document(Change change, Instant now) {
    requireName("kind", change.kind());
    requireName("id", change.id());
    String what = change.kind() + " " + change.id();
    return switch (change) {
      case Change.Create create -> Optional.of(EncodedDocument.of(create.document(), what, now));
      case Change.Update update -> Optional.of(EncodedDocument.of(update.document(), what, now));
      case Change.Delete ignored -> Optional.empty();
    };
  }

  private static Optional<Resource> apply(Transaction tx, Prepared prepared) throws SQLException {
    return switch (prepared.change()) {
      case Change.Create create ->
          Optional.of(create(tx, create, prepared.document().orElseThrow()));
      case Change.Update update ->
          Optional.of(update(tx, update, prepared.document().orElseThrow()));
      case Change.Delete delete -> {
        Optional<Stored> stored = stored(tx, delete.kind(), delete.id());
        if (delete.expectedVersion().isPresent()) {
          requireVersion(delete, stored, delete.expectedVersion().get());
        }
        if (stored.isPresent()) {
          delete(tx, stored.get());
        }
        yield Optional.empty();
      }
    };
  }

  private static Resource create(Transaction tx, Change.Create change, EncodedDocument document)
      throws SQLException {
    if (stored(tx, change.kind(), change.id()).isPresent()) {
      throw new StoreException(
          ErrorCode.CONFLICT,
          "%s %s exists already; use a new id".formatted(change.kind(), change.id()));
    }
    long now = document.now().toEpochMilli();
    long number =
        tx.insert(
            "INSERT INTO resources (kind, id, workspace, version, document, created_at, updated_at)"
                + " VALUES (?, ?, ?, 1, ?, ?, ?) RETURNING number",
            change.kind(),
            change.id(),
            change.workspaceId().value(),
            document.json(),
            now,
            now);
    BlobReferences.ofResource(tx, number, document);
    return new Resource(
        change.kind(),
        change.id(),
        change.workspaceId(),
        1,
        change.document().deepCopy(),
        document.now(),
        document.now());
  }

  private static Resource update(Transaction tx, Change.Update change, EncodedDocument document)
      throws SQLException {
    Stored stored =
        requireVersion(change, stored(tx, change.kind(), change.id()), change.expectedVersion());
    long version = change.expectedVersion() + 1;
    tx.update(
        "UPDATE resources SET version = ?, document = ?, updated_at = ? WHERE number = ?",
        version,
        document.json(),
        document.now().toEpochMilli(),
        stored.number());
    BlobReferences.ofResource(tx, stored.number(), document);
    return new Resource(
        change.kind(),
        change.id(),
        stored.resource().workspaceId(),
        version,
        change.document().deepCopy(),
        stored.resource().createdAt(),
        document.now());
  }

  private static void delete(Transaction tx, Stored stored) throws SQLException {
    tx.update("DELETE FROM blob_references WHERE session = 0 AND resource = ?", stored.number());
    tx.update("DELETE FROM resources WHERE number = ?", stored.number());
  }

  private static Stored requireVersion(Change change, Optional<Stored> found, long expected) {
    Stored stored =
        found.orElseThrow(
            () ->
                new StoreException(
                    ErrorCode.NOT_FOUND, "no %s %s".formatted(change.kind(), change.id())));
    if (stored.resource().version() != expected) {
      throw new StoreException(
          ErrorCode.CONFLICT,
          "%s %s has version %d, not %d as expected; read it and try again"
              .formatted(change.kind(), change.id(), stored.resource().version(), expected));
    }
    return stored;
  }

  private static Optional<Stored> stored(Transaction tx, String kind, String id)
      throws SQLException {
    return tx.first(BY_ID, row -> new Stored(resource(row), row.getLong(8)), kind, id);
  }

  @Override
  public Optional<Resource> find(String kind, String id) {
    return readers.read(sql -> sql.first(BY_ID, SqlResources::resource, kind, id));
  }

  @Override
  public List<Resource> list(ResourceFilter filter) {
    SqlSessions.requireLimit(filter.limit());
    Where where =
        new Where()
            .and("kind = ?", filter.kind())
            .equal("workspace", filter.workspaceId().map(WorkspaceId::value))
            .within("created_at", filter.created())
            .matches(dialect, "document", filter.document());
    filter
        .idPrefix()
        .filter(prefix -> !prefix.isEmpty())
        .ifPresent(prefix -> where.and("id >= ? AND id < ?", prefix, prefix + HIGHEST));
    filter
        .after()
        .ifPresent(
            id ->
                where.after(
                    "number", "resources", filter.order(), id, "kind = ? AND ", filter.kind()));
    return readers.read(
        sql ->
            sql.list(
                SELECT + where.text() + Where.orderBy("number", filter.order()) + " LIMIT ?",
                SqlResources::resource,
                where.valuesAnd(filter.limit())));
  }

  @Override
  public boolean delete(String kind, String id) {
    return writer.write(
        Durability.ACKNOWLEDGED,
        tx -> {
          Optional<Stored> stored = stored(tx, kind, id);
          if (stored.isPresent()) {
            delete(tx, stored.get());
          }
          return stored.isPresent();
        });
  }

  private static void requireName(String what, String name) {
    if (name.isBlank() || name.length() > MAX_NAME) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "a resource's %s must have 1 to %d characters, this one has %d"
              .formatted(what, MAX_NAME, name.length()));
    }
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
