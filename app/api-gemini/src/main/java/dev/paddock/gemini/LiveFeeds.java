package dev.paddock.gemini;

import dev.paddock.agent.Preview;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Previews;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hears interactions from before they run until they end, so that a stream which is opened in the
 * middle of an answer knows its beginning.
 */
final class LiveFeeds {
  private static final Duration LOOK = Duration.ofSeconds(10);

  private final Platform platform;
  private final Map<SessionId, Feed> feeds = new ConcurrentHashMap<>();

  LiveFeeds(Platform platform) {
    this.platform = platform;
  }

  /** What a stream hears, and what was said before it listened. */
  record Attached(LiveText soFar, Runnable detach) {}

  /** To be called before the interaction is woken; {@code onEnd} runs when it has ended. */
  void follow(SessionRecord session, Consumer<SessionRecord> onEnd) {
    Feed feed = new Feed(session);
    feeds.put(session.id(), feed);
    feed.listening = platform.previews().listen(session.id(), feed::hear);
    Thread.ofVirtual().name("interaction-feed").start(() -> follow(feed, onEnd));
  }

  private void follow(Feed feed, Consumer<SessionRecord> onEnd) {
    SessionId id = feed.session.id();
    try (LogReader log = new LogReader(platform, id, feed.session.lastSequence())) {
      while (!feed.ended) {
        Optional<List<LogEntry>> entries = log.next(LOOK);
        if (entries.isEmpty()) {
          return;
        }
        entries.get().forEach(feed::apply);
      }
      onEnd.accept(feed.session);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (PaddockException e) {
      // deleted, or the store is closed: streams then tell what the log says, as it says it
      feed.ended = true;
    } finally {
      feeds.remove(id);
      feed.close();
    }
  }

  Attached attach(SessionId id, Consumer<Preview> hearer) {
    Feed feed = feeds.get(id);
    if (feed == null) {
      Previews.Listening listening = platform.previews().listen(id, hearer);
      return new Attached(new LiveText(), listening::close);
    }
    return feed.attach(hearer);
  }

  private static final class Feed {
    private final SessionRecord session;
    private final boolean thoughts;
    private final LiveText live = new LiveText();
    private final List<Consumer<Preview>> hearers = new CopyOnWriteArrayList<>();
    private Previews.@Nullable Listening listening;
    private volatile boolean ended;

    Feed(SessionRecord session) {
      this.session = session;
      this.thoughts = InteractionMark.of(session).summaries();
    }

    synchronized void hear(Preview preview) {
      live.hear(preview, thoughts);
      hearers.forEach(hearer -> hearer.accept(preview));
    }

    void apply(LogEntry entry) {
      ended |=
          entry.event() instanceof SessionEvent.StatusIdle
              || entry.event() instanceof SessionEvent.StatusTerminated;
    }

    synchronized Attached attach(Consumer<Preview> hearer) {
      hearers.add(hearer);
      return new Attached(live.copy(), () -> hearers.remove(hearer));
    }

    void close() {
      if (listening != null) {
        listening.close();
      }
    }
  }
}
