package dev.paddock.node;

import dev.paddock.core.EventId;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.Sessions;
import dev.paddock.egress.Denial;
import dev.paddock.egress.EgressListener;
import dev.paddock.egress.EgressRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** Writes what a box asked of hosts into the log of the session that uses it. */
final class EgressLog implements EgressListener {
  private static final int REMEMBERED = 64;
  private static final int TOLD = 5;
  private static final int LONGEST_PATH = 1000;
  private static final int LONGEST_REASON = 1000;

  private final Sessions sessions;
  private final Deque<Refusal> refusals = new ArrayDeque<>();
  private volatile SessionId session;
  private long refused;

  private record Refusal(long number, String reason) {}

  EgressLog(Sessions sessions, SessionId session) {
    this.sessions = sessions;
    this.session = session;
  }

  void in(SessionId other) {
    session = other;
  }

  @Override
  public void onRequest(EgressRecord request) {
    if (request.verdict() == EgressRecord.Verdict.DENIED) {
      request.reason().ifPresent(this::remember);
    }
    try {
      sessions.append(
          session, Append.acknowledged(NewEvent.of(event(request))).with(Append.Durability.TURN));
    } catch (PaddockException e) {
      remember(
          "the proxy has stopped, because the session's log cannot be written: " + e.getMessage());
      throw e;
    }
  }

  private static SessionEvent event(EgressRecord request) {
    return new SessionEvent.EgressRequest(
        EventId.next(),
        request.host(),
        request.port(),
        request.method(),
        shortened(request.path(), LONGEST_PATH),
        request.status(),
        request.verdict().name().toLowerCase(Locale.ROOT),
        request.rule(),
        request.denial().map(Denial::header),
        request.reason().map(reason -> shortened(reason, LONGEST_REASON)),
        request.sentBytes(),
        request.receivedBytes(),
        request.duration().toMillis());
  }

  private static String shortened(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }

  /** For the next call, as what was refused is. */
  void tell(String reason) {
    remember(reason);
  }

  private synchronized void remember(String reason) {
    refusals.add(new Refusal(++refused, reason));
    if (refusals.size() > REMEMBERED) {
      refusals.remove();
    }
  }

  /** How many requests were refused so far. */
  synchronized long refused() {
    return refused;
  }

  /** Why requests were refused after the first {@code count} refused ones; each reason once. */
  synchronized List<String> reasonsSince(long count) {
    return refusals.stream()
        .filter(refusal -> refusal.number() > count)
        .map(Refusal::reason)
        .distinct()
        .limit(TOLD)
        .toList();
  }
}
