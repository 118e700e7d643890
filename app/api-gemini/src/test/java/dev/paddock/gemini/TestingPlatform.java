package dev.paddock.gemini;

import dev.paddock.agent.Preview;
import dev.paddock.core.ErrorCode;
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
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceRemoval;
import dev.paddock.server.spi.ModelCalls;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Previews;
import dev.paddock.server.spi.Runner;
import dev.paddock.server.spi.ServerException;
import dev.paddock.store.SqliteStore;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/** A store, workspaces and models that exist; sessions run only as far as a test says. */
final class TestingPlatform implements Platform, Runner, Previews, AutoCloseable {
  private final Path folder;
  private final SqliteStore store;
  private final Models models = new Models(List.of(new NamedModels()), Map.of());
  private final Map<SessionId, List<Consumer<Preview>>> listeners = new ConcurrentHashMap<>();
  private final Map<String, Workspace> workspaces = new ConcurrentHashMap<>();
  final List<SessionId> woken = new CopyOnWriteArrayList<>();

  TestingPlatform(Path folder) {
    this.folder = folder;
    this.store = SqliteStore.open(folder.resolve("home"));
  }

  void append(SessionId id, SessionEvent... events) {
    store
        .sessions()
        .append(
            id,
            new Append(
                Stream.of(events).map(NewEvent::of).toList(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Append.Durability.TURN,
                Optional.empty()));
  }

  void say(SessionId id, Preview preview) {
    listeners.getOrDefault(id, List.of()).forEach(listener -> listener.accept(preview));
  }

  /** Workspaces that are there. */
  List<String> workspaces() {
    Path all = folder.resolve("workspaces");
    if (!Files.isDirectory(all)) {
      return List.of();
    }
    try (Stream<Path> names = Files.list(all)) {
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
    return new Prices(Map.of());
  }

  @Override
  public ModelCalls modelCalls() {
    throw new AssertionError("no model is called without a session");
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
    return Optional.of("testing/one");
  }

  @Override
  public void wake(SessionId id) {
    woken.add(id);
  }

  @Override
  public boolean stop(SessionId id, Duration wait) {
    return true;
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
    WorkspaceRemoval.remove(folder.resolve("workspaces").resolve(workspace));
  }

  @Override
  public WorkspaceFiles workspaceFiles(String workspace) {
    return workspaces.computeIfAbsent(
        workspace,
        id -> {
          try {
            return Workspace.open(
                Files.createDirectories(folder.resolve("workspaces").resolve(id)), List.of());
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

  /** Every model of one provider, as long as none is asked. */
  private static final class NamedModels implements ModelFactory {
    @Override
    public String provider() {
      return "testing";
    }

    @Override
    public boolean configured() {
      return true;
    }

    @Override
    public String howToConfigure() {
      return "nothing to set";
    }

    @Override
    public Model open(String id) {
      throw new ServerException(ErrorCode.UNAVAILABLE, "no model is opened in this test");
    }

    @Override
    public List<ModelListing> list() {
      return List.of();
    }
  }
}
