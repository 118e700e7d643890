package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.Append.Durability;
import dev.paddock.core.spi.Cursors;

/** Cursors in a database. After a power cut one may stand a moment back: its reader sees again. */
final class SqlCursors implements Cursors {
  private final Writer writer;
  private final Readers readers;

  SqlCursors(Writer writer, Readers readers) {
    this.writer = writer;
    this.readers = readers;
  }

  @Override
  public long position(String name) {
    return readers.read(
        sql ->
            sql.first("SELECT position FROM cursors WHERE name = ?", row -> row.getLong(1), name)
                .orElse(0L));
  }

  @Override
  public void advance(String name, long position) {
    if (position < 0 || name.isBlank()) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "a cursor needs a name and a position of at least 0, not \"%s\" and %d"
              .formatted(name, position));
    }
    writer.write(
        Durability.TURN,
        tx ->
            tx.update(
                "INSERT INTO cursors VALUES (?, ?) ON CONFLICT (name) DO UPDATE"
                    + " SET position = excluded.position WHERE cursors.position < excluded.position",
                name,
                position));
  }
}
