package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Appended;
import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.LogQuery;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.Order;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.Subscription;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The session log in memory; events pass through their JSON form. */
final class TestingSessions implements Sessions {
  /** The store's own failures. */
  static final class StoreException extends PaddockException {
    private static final long serialVersionUID = 1L;

    StoreException(ErrorCode code, String message) {
      super(code, message);
    }
  }

  /** What the code of a killed process meets at its next append. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  final TestingLeases leases;
  private final Clock clock;
  private final Map<SessionId, SessionRecord> records = new LinkedHashMap<>();
  private final Map<SessionId, List<LogEntry>> logs = new HashMap<>();
  private final Set<String> keys = new HashSet<>();
  private final List<Append.Durability> durabilities = new ArrayList<>();
  private IntPredicate killBefore = n -> false;
  private IntPredicate killAfter = n -> false;
  private IntPredicate failAt = n -> false;
  private volatile Predicate<SessionId> unheard = id -> false;
  private final Map<SessionId, Long> entriesRead = new HashMap<>();
  private long position;
  private int appends;
  private volatile boolean dead;

  TestingSessions(Clock clock) {
    this.clock = clock;
    this.leases = new TestingLeases(clock, this::dead);
  }

  /** Kills the process at its n-th append under a lease, before or after it is stored. */
  synchronized void killAt(IntPredicate before, IntPredicate after) {
    killBefore = before;
    killAfter = after;
  }

  /** The n-th append under a lease finds the disk full. */
  synchronized void failAt(IntPredicate when) {
    failAt = when;
  }

  /** No one can subscribe to these sessions' logs. */
  void unheard(Predicate<SessionId> which) {
    unheard = which;
  }

  synchronized void kill() {
    dead = true;
    notifyAll();
  }

  boolean dead() {
    return dead;
  }

  /** A new process; leases of the old one run out by the clock. */
  synchronized void restart() {
    dead = false;
    killBefore = n -> false;
    killAfter = n -> false;
  }

  /** Appends under a lease so far. */
  synchronized int appends() {
    return appends;
  }

  /** Entries of a session's log that were read so far, one that was read twice counted twice. */
  synchronized long entriesRead(SessionId id) {
    return entriesRead.getOrDefault(id, 0L);
  }

  /** The durability of each append under a lease. */
  synchronized List<Append.Durability> durabilities() {
    return List.copyOf(durabilities);
  }

  SessionState state(SessionId id) {
    return SessionState.of(readAll(id));
  }

  List<SessionEvent> events(SessionId id) {
    return readAll(id).stream().map(LogEntry::event).toList();
  }

  <T extends SessionEvent> List<T> events(SessionId id, Class<T> type) {
    return events(id).stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public synchronized SessionRecord create(NewSession session) {
    boolean own = session.parent().isPresent();
    if (own) {
      dieBefore();
    }
    if (records.containsKey(session.id())) {
      throw new StoreException(ErrorCode.CONFLICT, "there is a session " + session.id());
    }
    SessionRecord created =
        new SessionRecord(
            session.id(),
            session.workspaceId(),
            session.parent(),
            session.document(),
            clock.instant(),
            clock.instant(),
            0,
            SessionStatus.IDLE,
            Optional.empty());
    records.put(session.id(), created);
    logs.put(session.id(), new ArrayList<>());
    store(session.id(), session.events());
    if (own) {
      dieAfter();
    }
    return created;
  }

  /** Replaces a session's document and says so, as whoever changes a running session does. */
  void update(SessionId id, ObjectNode document) {
    append(
        id,
        Append.acknowledged(
                NewEvent.of(new SessionEvent.SessionUpdated(EventId.next(), Json.object())))
            .withDocument(document));
  }

  SessionId create(ObjectNode document, NewEvent... events) {
    SessionId id = SessionId.next();
    create(new NewSession(id, WorkspaceId.DEFAULT, document, List.of(events)));
    return id;
  }

  @Override
  public synchronized Optional<SessionRecord> find(SessionId id) {
    return Optional.ofNullable(records.get(id)).map(this::standing);
  }

  private SessionRecord standing(SessionRecord record) {
    SessionState state = SessionState.of(log(record.id()));
    return new SessionRecord(
        record.id(),
        record.workspaceId(),
        record.parent(),
        record.document(),
        record.createdAt(),
        record.updatedAt(),
        state.sequence(),
        state.status(),
        state.stopReason().filter(ignored -> state.status() == SessionStatus.IDLE));
  }

  /** By parent, order and limit; the agent asks for no more. */
  @Override
  public synchronized List<SessionRecord> list(SessionFilter filter) {
    return oldest()
        .filter(record -> record.parent().equals(filter.parent()))
        .collect(
            Collectors.collectingAndThen(
                Collectors.toList(),
                found -> filter.order() == Order.ASCENDING ? found : found.reversed()))
        .stream()
        .limit(filter.limit())
        .toList();
  }

  @Override
  public synchronized List<SessionRecord> unfinished(Optional<SessionId> after, int limit) {
    return oldest()
        .dropWhile(record -> after.isPresent() && !record.id().equals(after.get()))
        .skip(after.isPresent() ? 1 : 0)
        .filter(
            record ->
                !log(record.id()).isEmpty()
                    && !(log(record.id()).getLast().event() instanceof SessionEvent.StatusIdle)
                    && !(log(record.id()).getLast().event()
                        instanceof SessionEvent.StatusTerminated))
        .limit(limit)
        .toList();
  }

  private Stream<SessionRecord> oldest() {
    return List.copyOf(records.values()).stream().map(this::standing);
  }

  @Override
  public synchronized Appended append(SessionId id, Append append) {
    List<LogEntry> log = log(id);
    boolean own = append.lease().isPresent() || append.clientKey().isPresent();
    append.lease().ifPresent(this::admit);
    if (own) {
      dieBefore();
    }
    Optional<String> key = append.clientKey().map(it -> id + "/" + it);
    if (key.isPresent() && !keys.add(key.get())) {
      return new Appended(List.of(), true);
    }
    if (append.lease().isPresent() && failAt.test(appends)) {
      throw new StoreException(ErrorCode.DISK_FULL, "no space left");
    }
    if (append.expectedSequence().isPresent() && append.expectedSequence().get() != log.size()) {
      throw new StoreException(
          ErrorCode.CONFLICT,
          "expected %d, is %d".formatted(append.expectedSequence().get(), log.size()));
    }
    append
        .document()
        .ifPresent(document -> records.computeIfPresent(id, (i, r) -> replaced(r, document)));
    List<LogEntry> stored = store(id, append.events());
    append.lease().ifPresent(ignored -> durabilities.add(append.durability()));
    if (own) {
      dieAfter();
    }
    return new Appended(stored, false);
  }

  private static SessionRecord replaced(SessionRecord record, ObjectNode document) {
    return new SessionRecord(
        record.id(),
        record.workspaceId(),
        record.parent(),
        document,
        record.createdAt(),
        record.updatedAt(),
        record.lastSequence(),
        record.status(),
        record.stopReason());
  }

  private void dieBefore() {
    if (dead) {
      throw new Killed();
    }
    appends++;
    if (killBefore.test(appends)) {
      kill();
      throw new Killed();
    }
  }

  private void dieAfter() {
    if (killAfter.test(appends)) {
      kill();
      throw new Killed();
    }
  }

  private void admit(Lease lease) {
    if (dead) {
      throw new Killed();
    }
    if (!leases.holds(lease)) {
      throw new StoreException(ErrorCode.CONFLICT, "the lease is lost: " + lease);
    }
  }

  private List<LogEntry> store(SessionId id, List<NewEvent> events) {
    List<LogEntry> log = log(id);
    List<LogEntry> stored = new ArrayList<>();
    for (NewEvent event : events) {
      SessionEvent read = Json.read(Json.bytes(event.event()), SessionEvent.class);
      LogEntry entry =
          new LogEntry(
              id,
              log.size() + 1L,
              ++position,
              clock.instant(),
              event.principal(),
              event.signature(),
              read);
      log.add(entry);
      stored.add(entry);
    }
    notifyAll();
    return stored;
  }

  private List<LogEntry> log(SessionId id) {
    List<LogEntry> log = logs.get(id);
    if (log == null) {
      throw new StoreException(ErrorCode.NOT_FOUND, "no session " + id);
    }
    return log;
  }

  @Override
  public synchronized List<LogEntry> read(SessionId id, LogQuery query) {
    List<LogEntry> log = List.copyOf(log(id));
    List<LogEntry> found =
        (query.order() == Order.ASCENDING ? log : log.reversed())
            .stream()
                .filter(entry -> entry.sequence() > query.afterSequence())
                .filter(entry -> entry.sequence() < query.beforeSequence())
                .filter(
                    entry ->
                        query.types().isEmpty() || query.types().contains(entry.event().type()))
                .limit(query.limit())
                .toList();
    entriesRead.merge(id, (long) found.size(), Long::sum);
    return found;
  }

  @Override
  public synchronized List<LogEntry> readStore(long afterPosition, int limit) {
    return logs.values().stream()
        .flatMap(List::stream)
        .filter(entry -> entry.position() > afterPosition)
        .sorted((a, b) -> Long.compare(a.position(), b.position()))
        .limit(limit)
        .toList();
  }

  @Override
  public Subscription subscribe(SessionId id, long afterSequence) {
    if (unheard.test(id)) {
      throw new StoreException(ErrorCode.UNAVAILABLE, "no more subscriptions");
    }
    return new Reader(id, afterSequence);
  }

  @Override
  public synchronized void delete(SessionId id) {
    log(id);
    records.values().stream()
        .filter(record -> record.parent().equals(Optional.of(id)))
        .map(SessionRecord::id)
        .toList()
        .forEach(this::delete);
    records.remove(id);
    logs.remove(id);
  }

  private final class Reader implements Subscription {
    private final SessionId id;
    private long after;
    private boolean closed;

    Reader(SessionId id, long after) {
      this.id = id;
      this.after = after;
    }

    @Override
    public List<LogEntry> next(int limit, Duration timeout) throws InterruptedException {
      synchronized (TestingSessions.this) {
        long deadline = System.nanoTime() + timeout.toNanos();
        List<LogEntry> found = closed ? List.of() : read(id, after, limit, Set.of());
        while (found.isEmpty() && !closed && !dead) {
          long left = (deadline - System.nanoTime()) / 1_000_000;
          if (left <= 0) {
            return List.of();
          }
          TestingSessions.this.wait(left);
          found = read(id, after, limit, Set.of());
        }
        if (!found.isEmpty()) {
          after = found.getLast().sequence();
        }
        return found;
      }
    }

    @Override
    public void close() {
      synchronized (TestingSessions.this) {
        closed = true;
        TestingSessions.this.notifyAll();
      }
    }
  }
}
