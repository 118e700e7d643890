package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.provider.spi.Model;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Threads that run in this process, each wake on a thread of its own. */
final class TestingThreads implements Threads {
  private final TestingPlace place;
  private final Model model;
  private final Threads sessions;
  private final List<Thread> started = Collections.synchronizedList(new ArrayList<>());
  private final List<SessionId> woken = Collections.synchronizedList(new ArrayList<>());

  TestingThreads(TestingPlace place, Model model) {
    this.place = place;
    this.model = model;
    this.sessions = Threads.of(place.sessions, this::run);
  }

  /** Every session that was woken, also those above, which the test wakes itself. */
  List<SessionId> woken() {
    return List.copyOf(woken);
  }

  void join() throws InterruptedException {
    for (Thread thread : List.copyOf(started)) {
      thread.join();
    }
  }

  @Override
  public SessionRecord create(
      SessionRecord parent, SessionId id, ObjectNode document, List<NewEvent> events) {
    return sessions.create(parent, id, document, events);
  }

  @Override
  public Optional<SessionRecord> find(SessionId parent, SessionId id) {
    if (place.sessions.dead()) {
      throw new TestingSessions.Killed();
    }
    return sessions.find(parent, id);
  }

  @Override
  public void wake(SessionId id) {
    sessions.wake(id);
  }

  private void run(SessionId id) {
    woken.add(id);
    if (place.sessions.find(id).flatMap(SessionRecord::parent).isEmpty()) {
      return;
    }
    started.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    place.loop(model).wake(id);
                  } catch (InterruptedException
                      | TestingSessions.StoreException
                      | TestingSessions.Killed e) {
                    // its process or its store is gone
                  }
                }));
  }
}
