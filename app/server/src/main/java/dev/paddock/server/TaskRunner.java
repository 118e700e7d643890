package dev.paddock.server;

import dev.paddock.agent.Preview;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.WorkspaceFiles;
import dev.paddock.node.Node;
import dev.paddock.server.spi.Previews;
import dev.paddock.server.spi.Runner;
import dev.paddock.server.spi.ServerException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;

/** Runs sessions on threads of this process, as {@code paddock run} does. */
public final class TaskRunner implements Runner, Previews {
  private final Node node;
  private final Map<SessionId, Set<Consumer<Preview>>> listeners = new ConcurrentHashMap<>();

  public TaskRunner(Node node) {
    this.node = node;
    node.listen(
        (session, preview) ->
            listeners.getOrDefault(session, Set.of()).forEach(l -> l.accept(preview)));
  }

  @Override
  public void wake(SessionId id) {
    Thread.ofVirtual()
        .name("session")
        .start(
            () -> {
              try {
                node.tasks().wake(id);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  @Override
  public boolean stop(SessionId id, Duration wait) throws InterruptedException {
    node.tasks().interrupt(id);
    long deadline = System.nanoTime() + wait.toNanos();
    while (node.tasks().runs(id)) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  @Override
  public void delete(SessionId id) throws InterruptedException {
    if (!stop(id, Duration.ofSeconds(10))) {
      throw new ServerException(ErrorCode.CONFLICT, "session " + id + " does not stop");
    }
    node.tasks().delete(id);
  }

  @Override
  public void deleteWorkspace(String workspace) {
    throw ServerException.notFound("there is no shared workspace " + workspace);
  }

  @Override
  public WorkspaceFiles workspaceFiles(String workspace) {
    throw ServerException.notFound("there is no shared workspace " + workspace);
  }

  @Override
  public Listening listen(SessionId session, Consumer<Preview> listener) {
    listeners.computeIfAbsent(session, id -> new CopyOnWriteArraySet<>()).add(listener);
    return () ->
        listeners.computeIfPresent(
            session,
            (id, all) -> {
              all.remove(listener);
              return all.isEmpty() ? null : all;
            });
  }
}
