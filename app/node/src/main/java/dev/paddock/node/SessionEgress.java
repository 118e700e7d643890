package dev.paddock.node;

import dev.paddock.agent.EnvironmentRule;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.Subscription;
import dev.paddock.egress.EgressClient;
import dev.paddock.egress.EgressLimits;
import dev.paddock.egress.EgressPolicy;
import dev.paddock.egress.EgressProxy;
import dev.paddock.sandbox.spi.EgressSocket;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The way out of a place's box: a proxy that allows what the session's environment names, logs each
 * request in the session, and asks there. It starts with the box, follows the session's document
 * while it runs, and ends after the box.
 */
final class SessionEgress implements AutoCloseable {
  /** A person at a terminal can answer within it; whoever comes later answers the idle session. */
  private static final Duration ASK_TIME = Duration.ofSeconds(30);

  private static final Duration TICK = Duration.ofSeconds(30);
  private static final int PAGE = 256;

  private final Node node;
  private final Sessions sessions;
  private final EgressLog log;
  private final HostQuestions questions;
  private SessionId session;
  private Optional<Open> open = Optional.empty();
  private Optional<EgressClient> client = Optional.empty();
  private Box box = Box.NONE;
  private boolean lost;
  private boolean closed;

  private record Open(EgressProxy proxy, Subscription changes) {}

  /** What was made of the session's box, which has a bridge to the proxy or not. */
  private enum Box {
    NONE,
    CLOSED,
    BRIDGED
  }

  /**
   * @param asked is told which session waits for a person now
   */
  SessionEgress(Node node, SessionId session, Consumer<SessionId> asked) {
    this.node = node;
    this.sessions = node.store().sessions();
    this.session = session;
    this.log = new EgressLog(sessions, session);
    this.questions = new HostQuestions(sessions, session, asked);
  }

  /** Whether the environment lets a sandbox out at all. */
  static boolean wanted(SessionRecord session) {
    return environment(SessionDocument.read(session.document())).network();
  }

  private static EnvironmentRule environment(SessionDocument document) {
    return document.definition().environment();
  }

  /** What the box is made from, with the way out if the session has one now. */
  synchronized SandboxSpec into(SandboxSpec spec) {
    SessionRecord record = record();
    boolean out = !closed && wanted(record);
    box = out ? Box.BRIDGED : Box.CLOSED;
    if (!out) {
      return spec;
    }
    EgressProxy proxy = proxy(record);
    return spec.withEgress(new EgressSocket(proxy.socket(), proxy.certificates()));
  }

  /**
   * Requests of the session's tools that run outside its box, by what its environment names; where
   * that is nothing, each is refused and logged.
   */
  synchronized EgressClient client() {
    if (closed) {
      throw new NodeException(ErrorCode.CANCELLED, "the session's sandbox has ended");
    }
    EgressProxy proxy = proxy(record());
    if (client.isEmpty()) {
      client = Optional.of(new EgressClient(proxy));
    }
    return client.get();
  }

  private EgressProxy proxy(SessionRecord record) {
    if (open.isEmpty()) {
      open = Optional.of(start(record));
    }
    return open.get().proxy();
  }

  private Open start(SessionRecord record) {
    EgressLimits usual = EgressLimits.DEFAULT;
    EgressLimits limits =
        usual.withTimes(usual.headTime(), usual.idleTime(), usual.totalTime(), ASK_TIME);
    EgressProxy proxy = node.egress().open(policy(record), limits, log, questions);
    return new Open(proxy, follow(proxy, record));
  }

  private EgressPolicy policy(SessionRecord record) {
    SessionDocument document = SessionDocument.read(record.document());
    EnvironmentRule environment = environment(document);
    return EgressRules.policy(environment, node.secrets(document, environment));
  }

  private SessionRecord record() {
    return sessions.find(session).orElseThrow(() -> NodeException.goneSession(session));
  }

  /**
   * Whether the box must be made anew: the environment has come to name hosts, and it has no
   * bridge; or its proxy has stopped.
   */
  synchronized boolean outdated(SessionRecord record) {
    return open.map(it -> it.proxy().failure().isPresent()).orElse(false)
        || (box == Box.CLOSED && wanted(record));
  }

  /** Whose call comes next: its environment holds, its log has the requests. */
  synchronized void use(SessionId caller) {
    boolean other = !session.equals(caller) || lost;
    session = caller;
    log.in(caller);
    questions.in(caller);
    if (open.isPresent()) {
      EgressProxy proxy = open.get().proxy();
      SessionRecord record = record();
      if (other) {
        open.get().changes().close();
        open = Optional.of(new Open(proxy, follow(proxy, record)));
        lost = false;
      }
      apply(proxy, record);
    }
  }

  /** What cannot be held allows nothing, and the next call says why. */
  private void apply(EgressProxy proxy, SessionRecord record) {
    EgressPolicy changed = EgressPolicy.NOTHING;
    try {
      changed = policy(record);
    } catch (PaddockException e) {
      log.tell("nothing can be reached: " + e.getMessage());
    }
    if (!changed.equals(proxy.policy())) {
      proxy.policy(changed);
    }
  }

  private Subscription follow(EgressProxy proxy, SessionRecord record) {
    Subscription changes = sessions.subscribe(record.id(), record.lastSequence());
    Thread.ofVirtual()
        .name("egress-" + record.id())
        .start(() -> follow(proxy, record.id(), changes));
    return changes;
  }

  private void follow(EgressProxy proxy, SessionId followed, Subscription changes) {
    try {
      while (follows(changes)) {
        boolean updated = false;
        for (LogEntry entry : changes.next(PAGE, TICK)) {
          updated |= see(entry.event());
        }
        if (updated) {
          update(proxy, followed);
        }
      }
    } catch (InterruptedException | RuntimeException e) {
      lose(proxy, changes, String.valueOf(e.getMessage()));
    }
  }

  /** What the session may reach is not known any more; the next call looks again. */
  private synchronized void lose(EgressProxy proxy, Subscription changes, String why) {
    if (follows(changes)) {
      lost = true;
      proxy.policy(EgressPolicy.NOTHING);
      questions.dropAll(why);
      log.tell("nothing can be reached, the session's log cannot be followed: " + why);
    }
  }

  private synchronized boolean follows(Subscription changes) {
    return !closed && open.map(it -> it.changes().equals(changes)).orElse(false);
  }

  /** Whether the document has changed. */
  private boolean see(SessionEvent event) {
    switch (event) {
      case SessionEvent.UserToolConfirmation e ->
          questions.answered(e.callId(), e.result() == Permission.ALLOW);
      case SessionEvent.Result e -> questions.dropped(e.callId());
      default -> {}
    }
    return event instanceof SessionEvent.SessionUpdated;
  }

  private synchronized void update(EgressProxy proxy, SessionId followed) {
    if (!closed && session.equals(followed)) {
      apply(proxy, record());
    }
  }

  long refused() {
    return log.refused();
  }

  List<String> reasonsSince(long count) {
    return log.reasonsSince(count);
  }

  /** After the box. */
  @Override
  public void close() {
    Optional<Open> last;
    synchronized (this) {
      closed = true;
      last = open;
      open = Optional.empty();
    }
    questions.dropAll("the session's sandbox has ended");
    if (last.isPresent()) {
      last.get().changes().close();
      last.get().proxy().close();
    }
  }
}
