package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelStream;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Hands events from the thread that generates to the one that reads; a slow reader slows it. */
final class LocalStream implements ModelStream {
  private static final int WAITING = 256;

  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(WAITING);
  private final Thread producer;
  private boolean ended;
  private volatile boolean closed;

  /** What is handed over. */
  private sealed interface Item {
    record Event(ModelEvent event) implements Item {}

    record Failure(ModelException cause) implements Item {}

    record Closed() implements Item {}
  }

  /** Takes the events of a generation. */
  @FunctionalInterface
  interface Sink {
    void put(ModelEvent event) throws InterruptedException;
  }

  /** Makes the events; the last one is {@link ModelEvent.End}. */
  @FunctionalInterface
  interface Source {
    void run(Sink sink) throws InterruptedException;
  }

  LocalStream(Source source) {
    producer = Thread.ofPlatform().daemon().name("paddock-generate").start(() -> produce(source));
  }

  /** Only {@link #close()} interrupts this thread, and it tells the reader itself. */
  private void produce(Source source) {
    try {
      source.run(event -> items.put(new Item.Event(event)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ModelException e) {
      fail(e);
    } catch (RuntimeException | Error e) {
      fail(new ModelException(ErrorCode.INTERNAL, "the engine failed: " + e, e));
    }
  }

  private void fail(ModelException cause) {
    try {
      items.put(new Item.Failure(cause));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Optional<ModelEvent> next() throws InterruptedException {
    if (ended || closed) {
      return Optional.empty();
    }
    return switch (items.take()) {
      case Item.Event(ModelEvent event) -> {
        ended = event instanceof ModelEvent.End;
        yield closed ? Optional.empty() : Optional.of(event);
      }
      case Item.Failure(ModelException cause) -> {
        ended = true;
        throw cause;
      }
      case Item.Closed c -> {
        ended = true;
        yield Optional.empty();
      }
    };
  }

  @Override
  public void close() {
    closed = true;
    producer.interrupt();
    items.clear();
    // a reader that waits is let go
    items.offer(new Item.Closed());
  }
}
