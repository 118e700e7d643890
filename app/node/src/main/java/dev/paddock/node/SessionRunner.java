package dev.paddock.node;

import dev.paddock.agent.Preview;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.WorkspaceFiles;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Runs sessions in the background of a process that stays. A session is looked at when it is woken
 * and, in case whoever ran it died, by a sweep over the unfinished ones.
 */
public final class SessionRunner implements AutoCloseable {
  private static final Duration SWEEP = Duration.ofSeconds(2);
  private static final Duration GRACE = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int UNFINISHED = 1000;
  private static final int AT_ONCE = 512;

  private final Node node;
  private final SessionLoop loop;
  private final SharedWorkspaces workspaces;
  private final Map<SessionId, Run> runs = new HashMap<>();
  private final Semaphore atOnce = new Semaphore(AT_ONCE);

  /** Where sessions came to rest, so that the sweep folds no log twice. */
  private final Map<SessionId, Long> rested = new ConcurrentHashMap<>();

  private final Map<SessionId, List<Consumer<Preview>>> listeners = new ConcurrentHashMap<>();
  private final Consumer<String> log;
  private Optional<Telemetry> telemetry = Optional.empty();
  private volatile boolean closed;
  private Thread sweeper = new Thread();
  private Thread keeper = new Thread();

  private static final class Run {
    private final Thread thread;
    private boolean again;

    Run(SessionRunner runner, SessionId id) {
      this.thread = Thread.ofVirtual().name("session-" + id).unstarted(() -> runner.run(id, this));
    }
  }

  /** {@code log} hears, a line each, what a person who operates the node should know. */
  public SessionRunner(Node node, Consumer<String> log) {
    this.node = node;
    this.loop = node.loop();
    this.workspaces = new SharedWorkspaces(node.home());
    this.log = log;
    loop.listen(this::preview);
    loop.wakeWith(this::wake);
    loop.tellTroubles(log);
  }

  /** Wakes what was left unfinished, and goes on looking for it. */
  public void start() {
    node.cleanUp(log);
    telemetry = Telemetry.of(node, log);
    telemetry.ifPresent(Telemetry::start);
    sweeper = Thread.ofVirtual().name("session-sweep").start(() -> repeatUntilClosed(this::sweep));
    keeper =
        Thread.ofVirtual().name("session-rest").start(() -> repeatUntilClosed(this::releaseUnused));
  }

  /** Sees to it that the session is looked at soon; returns at once. */
  public void wake(SessionId id) {
    synchronized (runs) {
      Run running = runs.get(id);
      if (running != null) {
        running.again = true;
        return;
      }
      if (closed) {
        return;
      }
      Run run = new Run(this, id);
      runs.put(id, run);
      run.thread.start();
    }
  }

  private void run(SessionId id, Run run) {
    try {
      do {
        lookAt(id);
      } while (again(id, run));
    } catch (InterruptedException e) {
      // Stopped: what it was doing stands in the log as begun, the next wake goes on from there.
    } finally {
      end(id, run);
    }
  }

  /** Whatever fails is told: the session stands as its log says, and can be woken again. */
  private void lookAt(SessionId id) throws InterruptedException {
    atOnce.acquire();
    try {
      rest(id, loop.wake(id));
    } catch (RuntimeException e) {
      tell("session " + id, e);
    } finally {
      atOnce.release();
    }
  }

  private void tell(String what, RuntimeException e) {
    log.accept("%s: %s".formatted(what, e instanceof PaddockException ? e.getMessage() : e));
  }

  private void rest(SessionId id, Optional<SessionState> state) {
    if (state.isEmpty()) {
      return;
    }
    rested.put(id, state.get().sequence());
    loop.rested(id, state.get());
    node.store()
        .sessions()
        .find(id)
        .flatMap(SessionRecord::parent)
        .filter(parent -> state.get().status() != SessionStatus.RUNNING)
        .ifPresent(this::wake);
  }

  /** False when nobody asked meanwhile; then the run is over. */
  private boolean again(SessionId id, Run run) {
    synchronized (runs) {
      if (closed || !run.again) {
        end(id, run);
        return false;
      }
      run.again = false;
      return true;
    }
  }

  private void end(SessionId id, Run run) {
    synchronized (runs) {
      runs.remove(id, run);
      runs.notifyAll();
    }
  }

  private void repeatUntilClosed(Runnable look) {
    try {
      while (!closed) {
        look.run();
        Thread.sleep(SWEEP);
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  /** The sweep passes over what is finished, so where that came to rest is forgotten. */
  private void sweep() {
    try {
      Set<SessionId> unfinished = new HashSet<>();
      Optional<SessionId> after = Optional.empty();
      List<SessionRecord> page;
      do {
        page = node.store().sessions().unfinished(after, UNFINISHED);
        page.stream().map(SessionRecord::id).forEach(unfinished::add);
        page.forEach(this::wakeIfNeglected);
        after = page.isEmpty() ? after : Optional.of(page.getLast().id());
      } while (page.size() == UNFINISHED);
      rested.keySet().retainAll(unfinished);
    } catch (RuntimeException e) {
      tell("looking for unfinished sessions", e);
    }
  }

  /** A snapshot takes its time, which keeps no neglected session waiting. */
  private void releaseUnused() {
    try {
      loop.releaseUnused(Instant.now());
    } catch (RuntimeException e) {
      if (!closed) {
        tell("stopping idle sandboxes", e);
      }
    }
  }

  /** One session that cannot be looked at keeps no other from being woken. */
  private void wakeIfNeglected(SessionRecord session) {
    try {
      if (neglected(session)) {
        wake(session.id());
      }
    } catch (RuntimeException e) {
      tell("session " + session.id(), e);
    }
  }

  private boolean neglected(SessionRecord session) {
    boolean seen =
        Long.valueOf(session.lastSequence()).equals(rested.get(session.id()))
            && session.status() != SessionStatus.RUNNING;
    return !seen && !loop.runs(session.id()) && loop.canRun(session);
  }

  /**
   * Waits until nothing runs the session here or elsewhere, cutting off what runs here, and ends
   * its box.
   */
  public boolean stop(SessionId id, Duration wait) throws InterruptedException {
    Instant deadline = Instant.now().plus(wait);
    synchronized (runs) {
      Run run = runs.get(id);
      if (run != null) {
        run.again = false;
        run.thread.interrupt();
      }
      while (runs.containsKey(id)) {
        long left = Duration.between(Instant.now(), deadline).toMillis();
        if (left <= 0) {
          return false;
        }
        runs.wait(left);
      }
    }
    while (loop.runs(id)) {
      if (Instant.now().isAfter(deadline)) {
        return false;
      }
      Thread.sleep(POLL);
    }
    loop.release(id);
    return true;
  }

  /** Stops a session and deletes it with its threads, its log and its files. */
  public void delete(SessionId id) throws InterruptedException {
    if (!stop(id, Duration.ofSeconds(10))) {
      throw new NodeException(
          ErrorCode.BUSY, "session %s did not end within 10 s; try again".formatted(id));
    }
    loop.delete(id);
  }

  /** Hears a session's previews until closed, on the thread that makes them. */
  public Runnable listen(SessionId id, Consumer<Preview> listener) {
    listeners.computeIfAbsent(id, ignored -> new CopyOnWriteArrayList<>()).add(listener);
    return () ->
        listeners.computeIfPresent(
            id,
            (ignored, all) -> {
              all.remove(listener);
              return all.isEmpty() ? null : all;
            });
  }

  private void preview(SessionId id, Preview preview) {
    for (Consumer<Preview> listener : listeners.getOrDefault(id, List.of())) {
      listener.accept(preview);
    }
  }

  /** Files of a workspace that sessions share; made when it is not there. */
  public WorkspaceFiles workspaceFiles(String workspace) {
    return workspaces.files(workspace);
  }

  /** Deletes a workspace that sessions shared. */
  public void deleteWorkspace(String workspace) {
    loop.releaseWorkspace(workspace);
    workspaces.delete(workspace);
  }

  /** How many sessions run here now. */
  public int running() {
    synchronized (runs) {
      return runs.size();
    }
  }

  /** Lets what runs come to rest for a while, then cuts it off; the next start goes on with it. */
  @Override
  public void close() {
    closed = true;
    sweeper.interrupt();
    keeper.interrupt();
    boolean interrupted = !restWithin(GRACE);
    synchronized (runs) {
      runs.values().forEach(run -> run.thread.interrupt());
    }
    interrupted |= !restWithin(Duration.ofDays(1)) || !ended(keeper);
    workspaces.close();
    telemetry.ifPresent(Telemetry::close);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** False when this thread was interrupted. */
  private static boolean ended(Thread thread) {
    try {
      thread.join();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** False when this thread was interrupted. */
  private boolean restWithin(Duration wait) {
    long deadline = System.nanoTime() + wait.toNanos();
    synchronized (runs) {
      try {
        while (!runs.isEmpty() && System.nanoTime() < deadline) {
          runs.wait(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        }
        return true;
      } catch (InterruptedException e) {
        return false;
      }
    }
  }
}
