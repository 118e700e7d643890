package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.server.spi.EventSource;
import dev.paddock.server.spi.ModelPump;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A message as it is made. */
final class MessageEvents implements EventSource {
  private final ModelPump pump;
  private final List<Event> ready = new ArrayList<>();
  private final MessageBuilder builder;
  private final ArrayDeque<ModelPump.Item> ahead = new ArrayDeque<>();

  /**
   * Takes over the pump.
   *
   * @param first what was read ahead of the stream
   */
  MessageEvents(ModelPump pump, MessageRequest asked, ModelPump.Item first) {
    this.pump = pump;
    this.builder = new MessageBuilder(asked, event -> ready.add(event(event)));
    ahead.add(first);
    builder.start();
  }

  private static Event event(ObjectNode json) {
    return new Event(Optional.empty(), Optional.of(json.path("type").asText()), Json.write(json));
  }

  @Override
  public Batch next(Duration wait) throws InterruptedException {
    Optional<ModelPump.Item> item = ahead.isEmpty() ? pump.next(wait) : Optional.of(ahead.remove());
    boolean last = false;
    if (item.isPresent()) {
      try {
        builder.accept(MessagesResource.said(item.get()));
        last = builder.ended();
      } catch (PaddockException e) {
        ready.add(event(MessagesResource.failure(e)));
        last = true;
      }
    }
    Batch batch = new Batch(List.copyOf(ready), last);
    ready.clear();
    return batch;
  }

  @Override
  public boolean finite() {
    return true;
  }

  @Override
  public void close() {
    pump.close();
  }
}
