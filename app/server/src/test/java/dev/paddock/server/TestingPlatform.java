package dev.paddock.server;

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
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceRemoval;
import dev.paddock.server.spi.ModelCalls;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.PortPreviews;
import dev.paddock.server.spi.Previews;
import dev.paddock.server.spi.Runner;
import dev.paddock.server.spi.Secrets;
import dev.paddock.store.SqliteStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a dialect works on, for its tests: a real store, real workspaces and the given models. No
 * session runs: a test plays the loop, appends what it would and says what it would preview.
 */
public final class TestingPlatform implements Platform, Runner, Previews, AutoCloseable {
  public final List<SessionId> woken = new CopyOnWriteArrayList<>();
  public final List<SessionId> stopped = new CopyOnWriteArrayList<>();

  private final Path folder;
  private final SqliteStore store;
  private final Secrets secrets;
  private final Models models;
  private final Optional<String> defaultModel;
  private final Prices prices =
      new Prices(Map.of("test/priced", Map.of("input", BigDecimal.ONE, "output", BigDecimal.ONE)));
  private final Map<SessionId, List<Consumer<Preview>>> listeners = new ConcurrentHashMap<>();
  private final Map<String, Workspace> workspaces = new ConcurrentHashMap<>();

  public TestingPlatform(Path folder, Models models, Optional<String> defaultModel) {
    this.folder = folder;
    this.models = models;
    this.defaultModel = defaultModel;
    store = SqliteStore.open(folder);
    secrets = KeyFileSecrets.open(folder.resolve("secrets-key"));
  }

  /** Appends as the loop does. */
  public void append(SessionId session, SessionEvent... events) {
    store
        .sessions()
        .append(
            session,
            Append.acknowledged(Stream.of(events).map(NewEvent::of).toArray(NewEvent[]::new)));
  }

  /** Tells those who listen to the session. */
  public void say(SessionId session, Preview preview) {
    listeners.getOrDefault(session, List.of()).forEach(listener -> listener.accept(preview));
  }

  /** How many listen, to whatever session. */
  public int listeners() {
    return listeners.values().stream().mapToInt(List::size).sum();
  }

  private Path workspaceRoot() {
    return folder.resolve("workspaces");
  }

  /** The names of the shared workspaces that are there. */
  public List<String> workspaces() {
    if (!Files.isDirectory(workspaceRoot())) {
      return List.of();
    }
    try (Stream<Path> names = Files.list(workspaceRoot())) {
      return names.map(path -> path.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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

  /** Asks once: scripted models mean their failures. */
  @Override
  public ModelCalls modelCalls() {
    return (model, request) -> model.stream(request);
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
  public PortPreviews portPreviews() {
    return new TestingPortPreviews();
  }

  @Override
  public Clock clock() {
    return Clock.systemUTC();
  }

  @Override
  public Optional<String> defaultModel() {
    return defaultModel;
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
    Workspace open = workspaces.remove(workspace);
    if (open != null) {
      open.close();
    }
    WorkspaceRemoval.remove(workspaceRoot().resolve(workspace));
  }

  @Override
  public WorkspaceFiles workspaceFiles(String workspace) {
    return workspaces.computeIfAbsent(
        workspace,
        name -> {
          try {
            return Workspace.open(
                Files.createDirectories(workspaceRoot().resolve(name)), List.of());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Override
  public Listening listen(SessionId session, Consumer<Preview> listener) {
    listeners.computeIfAbsent(session, id -> new CopyOnWriteArrayList<>()).add(listener);
    return () -> listeners.getOrDefault(session, List.of()).remove(listener);
  }

  @Override
  public void close() {
    workspaces.values().forEach(Workspace::close);
    store.close();
  }
}
