package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.Append.Durability;
import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.Leases;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Leases in a database. A row outlives its lease, so that the epoch goes on growing. One who
 * acquires again what it holds gets a new epoch: the older lease is lost.
 */
final class SqlLeases implements Leases {
  private static final String SELECT = "SELECT name, holder, epoch, expires_at FROM leases ";

  private final Database database;
  private final Writer writer;
  private final Readers readers;

  SqlLeases(Database database, Writer writer, Readers readers) {
    this.database = database;
    this.writer = writer;
    this.readers = readers;
  }

  @Override
  public Optional<Lease> acquire(String name, String holder, Duration ttl) {
    requireTtl(ttl);
    if (name.isBlank() || holder.isBlank()) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST, "a lease needs a name and a holder that are not blank");
    }
    return writer.write(
        Durability.TURN,
        tx -> {
          Instant now = Instant.ofEpochMilli(tx.now());
          Optional<Lease> stored = tx.first(SELECT + "WHERE name = ?", SqlLeases::lease, name);
          boolean taken =
              stored.isPresent()
                  && stored.get().expiresAt().isAfter(now)
                  && !stored.get().holder().equals(holder);
          if (taken) {
            return Optional.empty();
          }
          long epoch = stored.map(Lease::epoch).orElse(0L) + 1;
          Lease lease = new Lease(name, holder, epoch, now.plus(ttl));
          tx.update(
              "INSERT INTO leases VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                  + " holder = excluded.holder, epoch = excluded.epoch,"
                  + " expires_at = excluded.expires_at",
              name,
              holder,
              epoch,
              lease.expiresAt().toEpochMilli());
          return Optional.of(lease);
        });
  }

  @Override
  public Optional<Lease> renew(Lease lease, Duration ttl) {
    requireTtl(ttl);
    return writer.write(
        Durability.TURN,
        tx -> {
          Instant expiresAt = Instant.ofEpochMilli(tx.now()).plus(ttl);
          int held =
              tx.update(
                  "UPDATE leases SET expires_at = ? WHERE name = ? AND holder = ? AND epoch = ?",
                  expiresAt.toEpochMilli(),
                  lease.name(),
                  lease.holder(),
                  lease.epoch());
          return held == 0
              ? Optional.empty()
              : Optional.of(new Lease(lease.name(), lease.holder(), lease.epoch(), expiresAt));
        });
  }

  @Override
  public void release(Lease lease) {
    writer.write(
        Durability.TURN,
        tx ->
            tx.update(
                "UPDATE leases SET holder = '', expires_at = 0 WHERE name = ? AND holder = ? AND epoch = ?",
                lease.name(),
                lease.holder(),
                lease.epoch()));
  }

  @Override
  public Optional<Lease> held(String name) {
    return readers.read(
        sql ->
            sql.first(
                SELECT + "WHERE name = ? AND holder <> '' AND expires_at > ?",
                SqlLeases::lease,
                name,
                database.now(sql)));
  }

  @Override
  public Optional<Lease> find(String name) {
    return readers.read(
        sql -> sql.first(SELECT + "WHERE name = ? AND holder <> ''", SqlLeases::lease, name));
  }

  private static void requireTtl(Duration ttl) {
    if (ttl.toMillis() < 1) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST, "a lease must last at least 1 ms, not %s".formatted(ttl));
    }
  }

  private static Lease lease(ResultSet row) throws SQLException {
    return new Lease(
        row.getString(1), row.getString(2), row.getLong(3), Instant.ofEpochMilli(row.getLong(4)));
  }
}
