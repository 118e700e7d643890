package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A session's events from a server: first the pages of its log, then its stream. A stream that
 * breaks off is taken up again behind the last event that came.
 */
final class RemoteFeed implements EventFeed {
  private static final int ATTEMPTS = 8;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  private final RemoteServer server;
  private final SessionId session;
  private final Pages pages;
  private Optional<EventStream> stream = Optional.empty();
  private int failures;

  RemoteFeed(RemoteServer server, SessionId session) {
    this.server = server;
    this.session = session;
    this.pages = new Pages(server, session);
  }

  /** A log page by page, oldest first. */
  static final class Pages {
    private final RemoteServer server;
    private final SessionId session;
    private final Map<String, String> query = new LinkedHashMap<>(Map.of("limit", "1000"));
    private boolean whole;
    private long count;
    private Optional<String> last = Optional.empty();

    Pages(RemoteServer server, SessionId session) {
      this.server = server;
      this.session = session;
    }

    List<ShownEvent> next() throws InterruptedException {
      JsonNode page =
          server.call("GET", RemoteSessions.path(session) + "/events", query, Optional.empty());
      List<ShownEvent> events = new ArrayList<>();
      page.path("data").forEach(wire -> events.add(take(wire)));
      JsonNode next = page.path("next_page");
      whole = !next.isTextual() || events.isEmpty();
      query.put("page", next.asText());
      return events;
    }

    private ShownEvent take(JsonNode wire) {
      last = Optional.of(wire.path("id").asText());
      return ShownEvent.of(session, ++count, wire);
    }

    boolean whole() {
      return whole;
    }
  }

  @Override
  public List<ShownEvent> next(Duration wait) throws InterruptedException {
    if (!pages.whole()) {
      return pages.next();
    }
    Optional<EventStream> open = open();
    if (open.isEmpty()) {
      return List.of();
    }
    return switch (open.get().next(wait)) {
      case EventStream.Signal.Event event -> {
        failures = 0;
        yield List.of(pages.take(Json.tree(event.data())));
      }
      case EventStream.Signal.Quiet ignored -> List.of();
      case EventStream.Signal.Ended ended -> {
        close();
        failed(server.lost(ended.why()));
        yield List.of();
      }
    };
  }

  /** Empty when the server cannot be reached at this moment. */
  private Optional<EventStream> open() throws InterruptedException {
    if (stream.isEmpty()) {
      try {
        String path = RemoteSessions.path(session) + "/events/stream";
        stream = Optional.of(new EventStream(server.events(path, pages.last)));
      } catch (RemoteException e) {
        failed(e);
      }
    }
    return stream;
  }

  private void failed(RemoteException e) throws InterruptedException {
    boolean passes =
        switch (e.code()) {
          case NOT_FOUND, UNAUTHENTICATED, PERMISSION_DENIED, CONFLICT -> false;
          default -> true;
        };
    if (!passes) {
      throw e;
    }
    if (++failures > ATTEMPTS) {
      throw new RemoteException(ErrorCode.UNAVAILABLE, e.getMessage(), e);
    }
    // The session's own work goes on meanwhile; nothing of it is lost to this reader.
    Thread.sleep(FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 4)));
  }

  @Override
  public boolean whole() {
    return pages.whole();
  }

  @Override
  public void close() {
    stream.ifPresent(EventStream::close);
    stream = Optional.empty();
  }
}
