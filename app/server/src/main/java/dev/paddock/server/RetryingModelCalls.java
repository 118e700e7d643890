package dev.paddock.server;

import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.server.spi.ModelCalls;
import dev.paddock.server.spi.Retries;
import java.util.Optional;

/** Calls of a model that are tried again while nothing has come of them. */
final class RetryingModelCalls implements ModelCalls {
  private final Retries retries;

  RetryingModelCalls() {
    this(new Retries());
  }

  RetryingModelCalls(Retries retries) {
    this.retries = retries;
  }

  @Override
  public ModelStream stream(Model model, ModelRequest request) throws InterruptedException {
    return retries.of(() -> begin(model, request));
  }

  private static ModelStream begin(Model model, ModelRequest request) throws InterruptedException {
    Begun stream = new Begun(model.stream(request));
    try {
      stream.begin();
      return stream;
    } catch (InterruptedException | RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  /** A stream whose first event was read already, and which ends when its client hangs up. */
  private static final class Begun implements ModelStream {
    private final ModelStream stream;
    private final Optional<HangUps.Watch> watch;
    private Optional<ModelEvent> first = Optional.empty();

    Begun(ModelStream stream) {
      this.stream = stream;
      this.watch =
          HangUps.CLIENT.isBound()
              ? Optional.of(HangUps.CLIENT.get().watch(stream::close))
              : Optional.empty();
    }

    void begin() throws InterruptedException {
      first = next();
    }

    @Override
    public Optional<ModelEvent> next() throws InterruptedException {
      if (first.isPresent()) {
        Optional<ModelEvent> event = first;
        first = Optional.empty();
        return event;
      }
      Optional<ModelEvent> next = stream.next();
      if (next.isEmpty()) {
        watch.ifPresent(HangUps.Watch::close);
      }
      return next;
    }

    @Override
    public void close() {
      watch.ifPresent(HangUps.Watch::close);
      stream.close();
    }
  }
}
