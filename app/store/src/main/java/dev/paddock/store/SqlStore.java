package dev.paddock.store;

import dev.paddock.core.EventId;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Cursors;
import dev.paddock.core.spi.Leases;
import dev.paddock.core.spi.Resources;
import dev.paddock.core.spi.Sessions;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;

/** What the stores have in common: a database that one connection of a process writes to. */
abstract sealed class SqlStore implements Store permits SqliteStore, PostgresStore {
  private final Database database;
  private final WriteConnection connection;
  private final Readers readers;
  private final Changes changes = new Changes();
  private final ForeignCommits foreign;
  private final Writer writer;
  private final FileBlobs blobs;
  private final SqlSessions sessions;
  private final SqlResources resources;
  private final SqlLeases leases;
  private final SqlCursors cursors;
  private final SessionRemoval removal;
  private final ChainVerifier verifier;
  private final Redactor redactor;

  /**
   * How it differs.
   *
   * @param readers how many connections read at once
   * @param skew see {@link BlobSweep}
   */
  record Setup(
      Database database,
      WriteConnection connection,
      int readers,
      FileBlobs blobs,
      Duration skew,
      Clock clock) {}

  SqlStore(Setup setup) {
    database = setup.database();
    connection = setup.connection();
    blobs = setup.blobs();
    Clock clock = setup.clock();
    readers = new Readers(database, setup.readers());
    foreign = new ForeignCommits(database, changes);
    writer = new Writer(database, connection, changes::changed);
    BlobSweep sweep = new BlobSweep(blobs, database, readers, clock, setup.skew());
    removal = new SessionRemoval(database, writer, readers, sweep, clock);
    sessions = new SqlSessions(database.dialect(), writer, readers, changes, removal, clock);
    resources = new SqlResources(database.dialect(), writer, readers, clock);
    leases = new SqlLeases(database, writer, readers);
    cursors = new SqlCursors(writer, readers);
    verifier = new ChainVerifier(readers);
    redactor = new Redactor(database, writer, sweep, clock);
  }

  @Override
  public final Sessions sessions() {
    return sessions;
  }

  @Override
  public final Resources resources() {
    return resources;
  }

  @Override
  public final Leases leases() {
    return leases;
  }

  @Override
  public final Cursors cursors() {
    return cursors;
  }

  @Override
  public final Blobs blobs() {
    return blobs;
  }

  @Override
  public final Verification verify(SessionId id) {
    return verifier.verify(id);
  }

  @Override
  public final void redact(SessionId session, EventId event, Principal by, String reason) {
    redactor.redact(session, event, by, reason);
  }

  @Override
  public final Pruned prune(PruneRule rule) {
    return removal.prune(rule);
  }

  @Override
  public final void close() {
    changes.close();
    foreign.close();
    writer.close();
    readers.close();
    try {
      connection.close();
    } catch (SQLException e) {
      throw database.translate(e);
    }
  }
}
