package dev.paddock.server;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Every open connection. One that brings no whole request for a while is closed, whether it is
 * silent or sends its head byte by byte.
 */
final class Connections implements Executor {
  private final Set<ClientEndPoint> open = ConcurrentHashMap.newKeySet();
  private final Executor executor;

  Connections(Executor executor) {
    this.executor = executor;
  }

  void opened(ClientEndPoint connection) {
    open.add(connection);
  }

  void closed(ClientEndPoint connection) {
    open.remove(connection);
  }

  int count() {
    return open.size();
  }

  void closeIdle(Duration longest) {
    open.stream().filter(connection -> connection.idleFor(longest)).forEach(ClientEndPoint::close);
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }
}
