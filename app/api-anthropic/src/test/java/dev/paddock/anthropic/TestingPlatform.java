package dev.paddock.anthropic;

import dev.paddock.agent.Preview;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.Resources;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.WorkspaceFiles;
import dev.paddock.provider.Models;
import dev.paddock.provider.Prices;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelFactory;
import dev.paddock.provider.spi.ModelListing;
import dev.paddock.server.KeyFileSecrets;
import dev.paddock.server.spi.ModelCalls;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Previews;
import dev.paddock.server.spi.Runner;
import dev.paddock.server.spi.Secrets;
import dev.paddock.store.SqliteStore;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A store without a runner: a test plays the loop and appends what it would. */
final class TestingPlatform implements Platform, Runner, Previews, AutoCloseable {
  static final Set<String> KINDS =
      Set.of(
          "agent",
          "agent_version",
          "environment",
          "skill",
          "skill_version",
          "vault",
          "credential",
          "memory_store",
          "memory",
          "memory_version",
          "file",
          "repository_token");

  final List<SessionId> woken = new CopyOnWriteArrayList<>();
  final List<SessionId> stopped = new CopyOnWriteArrayList<>();
  private final List<Consumer<Preview>> listeners = new CopyOnWriteArrayList<>();
  private final SqliteStore store;
  private final Secrets secrets;
  private final Models models = new Models(List.of(new TestingModels()), Map.of());
  private final Prices prices =
      new Prices(Map.of("test/priced", Map.of("input", BigDecimal.ONE, "output", BigDecimal.ONE)));

  TestingPlatform(Path home) {
    store = SqliteStore.open(home);
    secrets = KeyFileSecrets.open(home.resolve("secrets-key"));
  }

  /** Models of the provider {@code test}; none can be asked. */
  private static final class TestingModels implements ModelFactory {
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
      return "nothing";
    }

    @Override
    public Model open(String id) {
      throw new AssertionError("no model is asked");
    }

    @Override
    public List<ModelListing> list() {
      return List.of();
    }
  }

  /** Appends as the loop does. */
  void loop(String session, SessionEvent... events) {
    for (SessionEvent event : events) {
      store.sessions().append(new SessionId(session), Append.acknowledged(NewEvent.of(event)));
    }
  }

  void preview(Preview preview) {
    listeners.forEach(listener -> listener.accept(preview));
  }

  int listeners() {
    return listeners.size();
  }

  @Override
  public Sessions sessions() {
    return store.sessions();
  }

  @Override
  public Resources resources() {
    return store.resources();
  }

  @Override
  public Blobs blobs() {
    return store.blobs();
  }

  @Override
  public Models models() {
    return models;
  }

  @Override
  public Prices prices() {
    return prices;
  }

  @Override
  public Secrets secrets() {
    return secrets;
  }

  @Override
  public ModelCalls modelCalls() {
    return (model, request) -> {
      throw new AssertionError("no model is asked");
    };
  }

  @Override
  public Runner runner() {
    return this;
  }

  @Override
  public Previews previews() {
    return this;
  }

  @Override
  public Clock clock() {
    return Clock.systemUTC();
  }

  @Override
  public Optional<String> defaultModel() {
    return Optional.empty();
  }

  @Override
  public void wake(SessionId id) {
    woken.add(id);
  }

  @Override
  public boolean stop(SessionId id, Duration wait) {
    return stopped.add(id);
  }

  @Override
  public void delete(SessionId id) {
    store.sessions().delete(id);
  }

  @Override
  public void deleteWorkspace(String workspace) {
    throw new AssertionError("no workspace is shared");
  }

  @Override
  public WorkspaceFiles workspaceFiles(String workspace) {
    throw new AssertionError("no workspace is shared");
  }

  @Override
  public Listening listen(SessionId session, Consumer<Preview> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public void close() {
    store.close();
  }
}
