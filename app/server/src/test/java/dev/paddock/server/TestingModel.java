package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Embedder;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelFactory;
import dev.paddock.provider.spi.ModelListing;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** A provider called {@code test} whose models answer as their script says. */
public final class TestingModel implements ModelFactory {
  /** Everything but being local. */
  private static final Set<Capability> ALL =
      Set.copyOf(EnumSet.complementOf(EnumSet.of(Capability.LOCAL)));

  /** What a model says: events, at the end perhaps a failure. */
  public record Script(List<ModelEvent> events, Optional<ErrorCode> failure) {
    public static Script of(ModelEvent... events) {
      return new Script(List.of(events), Optional.empty());
    }
  }

  public final List<ModelRequest> requests = new CopyOnWriteArrayList<>();
  public final CountDownLatch cancelled = new CountDownLatch(1);

  /** Taken before each event; drained to hold an answer back. */
  public final Semaphore pace = new Semaphore(1_000_000);

  private final Set<Capability> capabilities;
  private volatile Function<ModelRequest, Script> script;

  public TestingModel(Function<ModelRequest, Script> script) {
    this(script, ALL);
  }

  public TestingModel(Function<ModelRequest, Script> script, Set<Capability> capabilities) {
    this.script = script;
    this.capabilities = capabilities;
  }

  /** Models that are there and that nobody may ask. */
  public static TestingModel unasked(Set<Capability> capabilities) {
    return new TestingModel(
        request -> {
          throw new AssertionError("no model is asked");
        },
        capabilities);
  }

  public static TestingModel unasked() {
    return unasked(ALL);
  }

  public void answer(Function<ModelRequest, Script> next) {
    script = next;
  }

  @Override
  public String provider() {
    return "test";
  }

  @Override
  public boolean configured() {
    return true;
  }

  @Override
  public String howToConfigure() {
    return "it is";
  }

  @Override
  public List<ModelListing> list() {
    return List.of(ModelListing.of("one"), ModelListing.of("two/three"));
  }

  @Override
  public Model open(String id) {
    return new Model() {
      @Override
      public ModelDescription description() {
        return new ModelDescription("test/" + id, 10_000, 10_000, capabilities);
      }

      @Override
      public Optional<Embedder> embedder() {
        return Optional.of(
            (texts, dimensions) ->
                new Embedder.Embeddings(
                    texts.stream().map(text -> new float[] {text.length(), 0.1f}).toList(), 3));
      }

      @Override
      public ModelStream stream(ModelRequest request) {
        requests.add(request);
        return new Scripted(script.apply(request));
      }
    };
  }

  private final class Scripted implements ModelStream {
    private final Script script;
    private final ArrayDeque<ModelEvent> rest;

    Scripted(Script script) {
      this.script = script;
      this.rest = new ArrayDeque<>(script.events());
    }

    @Override
    public Optional<ModelEvent> next() throws InterruptedException {
      try {
        pace.acquire();
      } catch (InterruptedException e) {
        cancelled.countDown();
        throw e;
      }
      if (rest.isEmpty() && script.failure().isPresent()) {
        throw new ModelException(script.failure().get(), "as the script says");
      }
      return Optional.ofNullable(rest.poll());
    }

    @Override
    public void close() {}
  }
}
