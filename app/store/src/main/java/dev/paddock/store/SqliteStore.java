package dev.paddock.store;

import dev.paddock.core.EventId;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Cursors;
import dev.paddock.core.spi.Leases;
import dev.paddock.core.spi.Resources;
import dev.paddock.core.spi.Sessions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;

/** A store in one folder: a SQLite database and files beside it. */
public final class SqliteStore implements Store {
  private final Database database;
  private final SqlConnection connection;
  private final Readers readers;
  private final Changes changes = new Changes();
  private final ForeignCommits foreign;
  private final LogSync sync;
  private final Writer writer;
  private final FileBlobs blobs;
  private final SqlSessions sessions;
  private final SqlResources resources;
  private final SqlLeases leases;
  private final SqlCursors cursors;
  private final SessionRemoval removal;
  private final ChainVerifier verifier;
  private final Redactor redactor;
  private final Backup backup;

  private SqliteStore(Database database, SqlConnection connection, Path files, Clock clock) {
    this.database = database;
    this.connection = connection;
    this.readers = new Readers(database);
    this.foreign = new ForeignCommits(database, changes);
    this.sync = new LogSync(database.wal());
    this.writer = new Writer(database, connection, sync, changes::changed);
    this.blobs = new FileBlobs(files);
    BlobSweep sweep = new BlobSweep(blobs, readers, clock);
    this.removal = new SessionRemoval(writer, readers, sweep, clock);
    this.sessions = new SqlSessions(Dialect.SQLITE, writer, readers, changes, removal, clock);
    this.resources = new SqlResources(Dialect.SQLITE, writer, readers, clock);
    this.leases = new SqlLeases(writer, readers, clock);
    this.cursors = new SqlCursors(writer, readers);
    this.verifier = new ChainVerifier(readers);
    this.redactor = new Redactor(database, writer, sweep, clock);
    this.backup = new Backup(database, blobs, leases, clock);
  }

  /**
   * Opens the store of a home, making what is missing: the folder (mode 0700), {@code paddock.db}
   * and, with the first blob, {@code files/sha256}.
   *
   * @throws StoreException {@code READ_ONLY}, {@code DISK_FULL}, {@code CORRUPT}, {@code
   *     NEWER_VERSION}, {@code BUSY}
   */
  public static SqliteStore open(Path home) {
    return open(home, home.resolve("files"));
  }

  /** Opens a store whose blobs lie elsewhere, under {@code files/sha256}. */
  public static SqliteStore open(Path home, Path files) {
    return open(home, files, Clock.systemUTC());
  }

  static SqliteStore open(Path home, Path files, Clock clock) {
    Database database = new Database(home.toAbsolutePath().resolve(Database.NAME));
    return new SqliteStore(database, database.openPrepared(), files, clock);
  }

  /**
   * Unpacks a backup into an empty or missing home. With {@code replace} the home may hold a store
   * that nobody has open; its database is replaced, its other files stay.
   *
   * @throws StoreException {@code CONFLICT} when the home is not empty, {@code CORRUPT} when the
   *     archive is not what a backup wrote
   */
  public static void restore(Path archive, Path home, boolean replace) {
    new Restore(archive.toAbsolutePath(), home.toAbsolutePath()).run(replace);
  }

  @Override
  public Sessions sessions() {
    return sessions;
  }

  @Override
  public Resources resources() {
    return resources;
  }

  @Override
  public Leases leases() {
    return leases;
  }

  @Override
  public Cursors cursors() {
    return cursors;
  }

  @Override
  public Blobs blobs() {
    return blobs;
  }

  @Override
  public Verification verify(SessionId id) {
    return verifier.verify(id);
  }

  @Override
  public void redact(SessionId session, EventId event, Principal by, String reason) {
    redactor.redact(session, event, by, reason);
  }

  @Override
  public Pruned prune(PruneRule rule) {
    return removal.prune(rule);
  }

  @Override
  public void backup(Path file) {
    backup.write(file.toAbsolutePath());
  }

  @Override
  public void close() {
    changes.close();
    foreign.close();
    writer.close();
    sync.close();
    readers.close();
    try {
      connection.close();
    } catch (SQLException e) {
      throw SqliteErrors.translate(e, database.file());
    }
  }
}
