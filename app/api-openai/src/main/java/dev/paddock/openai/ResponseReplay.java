package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.EventSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The events of a response that another process made or makes: told once it has ended. */
final class ResponseReplay implements EventSource {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Supplier<Optional<Resource>> look;
  private final Supplier<byte[]> events;
  private final long after;

  /**
   * @param look finds the response as it stands
   * @param events reads all events when it has ended
   */
  ResponseReplay(Supplier<Optional<Resource>> look, Supplier<byte[]> events, long after) {
    this.look = look;
    this.events = events;
    this.after = after;
  }

  @Override
  public Batch next(Duration wait) throws InterruptedException {
    Optional<Resource> stored = look.get();
    if (stored.isPresent() && !StoredResponses.isFinished(stored.get())) {
      Thread.sleep(wait.compareTo(LOOK) < 0 ? wait : LOOK);
      return Batch.NOTHING;
    }
    List<Event> out = new ArrayList<>();
    for (String line : new String(events.get(), StandardCharsets.UTF_8).split("\n")) {
      if (!line.isEmpty()) {
        ObjectNode event = Json.read(line, ObjectNode.class);
        if (event.path("sequence_number").asLong() > after) {
          out.add(ResponseFeed.event(event));
        }
      }
    }
    return new Batch(out, true);
  }

  @Override
  public boolean finite() {
    return true;
  }

  @Override
  public void close() {}
}
