package dev.paddock.openai;

import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Resources;
import dev.paddock.core.spi.Sessions;
import dev.paddock.provider.Models;
import dev.paddock.provider.Prices;
import dev.paddock.provider.spi.ModelFactory;
import dev.paddock.server.spi.ModelCalls;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Previews;
import dev.paddock.server.spi.Runner;
import dev.paddock.store.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real store and the given models; no sessions run. */
final class TestingPlatform implements Platform, AutoCloseable {
  private final SqliteStore store;
  private final Models models;

  TestingPlatform(Path home, ModelFactory... factories) {
    store = SqliteStore.open(home);
    models = new Models(List.of(factories), Map.of("gpt-mapped", "test/one"));
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
    throw new UnsupportedOperationException("no prices are needed");
  }

  @Override
  public ModelCalls modelCalls() {
    return (model, request) -> model.stream(request);
  }

  @Override
  public Runner runner() {
    throw new UnsupportedOperationException("no session runs");
  }

  @Override
  public Previews previews() {
    throw new UnsupportedOperationException("no session runs");
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
  public void close() {
    store.close();
  }
}
