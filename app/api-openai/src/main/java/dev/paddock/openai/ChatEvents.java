package dev.paddock.openai;

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
import java.util.function.Function;

/** A chat completion in chunks. */
final class ChatEvents implements EventSource {
  private final ModelPump pump;
  private final ChatAnswer answer;
  private final boolean includeUsage;
  private final Runnable onEnd;
  private final Function<PaddockException, ObjectNode> failure;
  private final ArrayDeque<ModelPump.Item> ahead = new ArrayDeque<>();
  private boolean begun;

  /**
   * @param first what was read ahead of the stream
   * @param onEnd stores the whole answer before its last chunk is sent
   */
  ChatEvents(
      ModelPump pump,
      ChatAnswer answer,
      ModelPump.Item first,
      boolean includeUsage,
      Runnable onEnd,
      Function<PaddockException, ObjectNode> failure) {
    this.pump = pump;
    this.answer = answer;
    this.includeUsage = includeUsage;
    this.onEnd = onEnd;
    this.failure = failure;
    ahead.add(first);
  }

  @Override
  public Batch next(Duration wait) throws InterruptedException {
    Optional<ModelPump.Item> item = ahead.isEmpty() ? pump.next(wait) : Optional.of(ahead.remove());
    if (item.isEmpty()) {
      return Batch.NOTHING;
    }
    List<Event> out = new ArrayList<>();
    if (!begun) {
      begun = true;
      answer.firstChunks().forEach(chunk -> out.add(event(chunk)));
    }
    try {
      List<ObjectNode> chunks = answer.accept(item.get());
      if (!answer.ended()) {
        chunks.forEach(chunk -> out.add(event(chunk)));
        return new Batch(out, false);
      }
      onEnd.run();
      chunks.forEach(chunk -> out.add(event(chunk)));
    } catch (PaddockException e) {
      out.add(event(failure.apply(e)));
      return new Batch(out, true);
    }
    if (includeUsage) {
      out.add(event(answer.usageChunk()));
    }
    out.add(new Event(Optional.empty(), Optional.empty(), "[DONE]"));
    return new Batch(out, true);
  }

  private static Event event(ObjectNode chunk) {
    return new Event(Optional.empty(), Optional.empty(), Json.write(chunk));
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
