package dev.paddock.cli;

import dev.paddock.agent.Replay;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.Subscription;
import dev.paddock.node.Delivery;
import dev.paddock.node.KeptSnapshot;
import dev.paddock.node.Node;
import dev.paddock.node.NodeException;
import dev.paddock.store.PruneRule;
import dev.paddock.store.Pruned;
import dev.paddock.store.Verification;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Sessions of this home. */
record HomeSessions(Node node) implements SessionCalls {
  @Override
  public List<SessionRow> list(int limit) {
    return node.store().sessions().list(SessionFilter.newest(limit)).stream()
        .map(this::row)
        .toList();
  }

  private SessionRow row(SessionRecord session) {
    return new SessionRow(
        session.id().value(),
        status(session),
        session.document().path("agent").path("name").asText(""),
        session.createdAt().toString(),
        session.updatedAt().toString(),
        Optional.of(session.lastSequence()));
  }

  private String status(SessionRecord session) {
    if (session.status() == SessionStatus.RUNNING && !node.tasks().runs(session.id())) {
      return "cut off";
    }
    String reason =
        session.stopReason().map(stop -> ", " + Json.tree(stop).path("type").asText()).orElse("");
    return session.status().name().toLowerCase(Locale.ROOT) + reason;
  }

  private Sessions known(SessionId session) {
    Sessions sessions = node.store().sessions();
    if (sessions.find(session).isEmpty()) {
      throw new NodeException(
          ErrorCode.NOT_FOUND,
          "there is no session %s in %s; see: paddock sessions list"
              .formatted(session, node.home().root()));
    }
    return sessions;
  }

  @Override
  public void read(SessionId session, Consumer<ShownEvent> each) {
    for (LogEntry entry : known(session).readAll(session)) {
      each.accept(ShownEvent.of(entry));
    }
  }

  @Override
  public EventFeed follow(SessionId session) {
    return new Feed(known(session), session);
  }

  private static final class Feed implements EventFeed {
    private final Sessions sessions;
    private final SessionId session;
    private final Subscription log;
    private long given;

    Feed(Sessions sessions, SessionId session) {
      this.sessions = sessions;
      this.session = session;
      this.log = sessions.subscribe(session, 0);
    }

    @Override
    public List<ShownEvent> next(Duration wait) throws InterruptedException {
      List<LogEntry> entries = log.next(100, wait);
      if (!entries.isEmpty()) {
        given = entries.getLast().sequence();
      }
      return entries.stream().map(ShownEvent::of).toList();
    }

    @Override
    public boolean whole() {
      return given >= sessions.find(session).map(SessionRecord::lastSequence).orElse(0L);
    }

    @Override
    public void close() {
      log.close();
    }
  }

  @Override
  public String send(SessionId session, String text) {
    SessionEvent message =
        new SessionEvent.UserMessage(EventId.next(), List.of(ContentBlock.text(text)));
    known(session)
        .append(session, Append.acknowledged(NewEvent.from(Principal.localUser(), message)));
    return message.id().value();
  }

  @Override
  public void stop(SessionId session) {
    known(session);
    node.tasks().interrupt(session);
  }

  @Override
  public Delivery files(SessionId session, Optional<Path> out) {
    return node.tasks().deliver(session, out);
  }

  @Override
  public SessionId fork(SessionId session, Optional<EventId> at) {
    return node.tasks().fork(session, at);
  }

  @Override
  public KeptSnapshot snapshot(SessionId session, Optional<Path> out) {
    KeptSnapshot kept = node.tasks().snapshot(session);
    out.ifPresent(file -> node.snapshots().export(kept.digest(), file));
    return kept;
  }

  @Override
  public void restore(SessionId session, String snapshot) {
    node.tasks().restore(session, snapshot);
  }

  @Override
  public List<KeptSnapshot> snapshots(int limit) {
    return node.snapshots().list(limit);
  }

  @Override
  public void deleteSnapshot(String snapshot) {
    node.snapshots().delete(snapshot);
  }

  @Override
  public Replay.Report replay(SessionId session) {
    return node.tasks().replay(session);
  }

  @Override
  public Verification verify(SessionId session) {
    known(session);
    return node.store().verify(session);
  }

  @Override
  public void delete(SessionId session) {
    known(session);
    node.tasks().delete(session);
  }

  @Override
  public Pruned prune(PruneRule rule) {
    return node.tasks().prune(rule);
  }

  @Override
  public void close() {
    node.close();
  }
}
