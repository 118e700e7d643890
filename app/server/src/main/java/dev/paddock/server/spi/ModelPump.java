package dev.paddock.server.spi;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What models say to requests that run side by side, read by threads of its own so that its one
 * reader can wait for a limited time. A slow reader slows the models.
 */
public final class ModelPump implements AutoCloseable {
  private static final int WAITING = 256;
  private static final Duration LOOK = Duration.ofMillis(250);

  /** What came. */
  public sealed interface Item {
    /** An event of the answer with this index. */
    record Said(int index, ModelEvent event) implements Item {}

    record Failed(RuntimeException cause) implements Item {}
  }

  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(WAITING);
  private final List<Thread> threads = new ArrayList<>();

  public ModelPump(ModelCalls calls, Model model, List<ModelRequest> requests) {
    for (int i = 0; i < requests.size(); i++) {
      int index = i;
      ModelRequest request = requests.get(i);
      threads.add(Thread.startVirtualThread(() -> read(calls, model, index, request)));
    }
  }

  /** Only {@link #close()} interrupts these threads, and then nobody reads any more. */
  private void read(ModelCalls calls, Model model, int index, ModelRequest request) {
    try {
      try (ModelStream stream = calls.stream(model, request)) {
        Optional<ModelEvent> event = stream.next();
        while (event.isPresent()) {
          items.put(new Item.Said(index, event.get()));
          if (event.get() instanceof ModelEvent.End) {
            return;
          }
          event = stream.next();
        }
        items.put(
            new Item.Failed(
                new ModelException(
                    ErrorCode.UNAVAILABLE, "the model's answer was cut off before its end")));
      } catch (RuntimeException e) {
        items.put(new Item.Failed(e));
      } catch (Error e) {
        items.put(
            new Item.Failed(new ModelException(ErrorCode.INTERNAL, "the model failed: " + e, e)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next item; empty when none came in time. */
  public Optional<Item> next(Duration wait) throws InterruptedException {
    return Optional.ofNullable(items.poll(wait.toNanos(), TimeUnit.NANOSECONDS));
  }

  /**
   * The next item, for a client that is still there.
   *
   * @throws ServerException {@code CANCELLED} when it hung up
   */
  public Item await(BooleanSupplier gone) throws InterruptedException {
    while (true) {
      Optional<Item> item = next(LOOK);
      if (item.isPresent()) {
        return item.get();
      }
      if (gone.getAsBoolean()) {
        throw new ServerException(ErrorCode.CANCELLED, "the client hung up");
      }
    }
  }

  /** Cancels what still runs. */
  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
