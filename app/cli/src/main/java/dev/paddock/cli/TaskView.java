package dev.paddock.cli;

import dev.paddock.agent.HostQuestion;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.node.Node;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs a prepared task to its end before the user's eyes. */
final class TaskView {
  private final Node node;
  private final Screen screen;
  private final LiveView view;
  private final boolean json;
  private final CallAnswers answers;

  TaskView(Node node, Screen screen, LiveView view, boolean json, boolean yes) {
    this.node = node;
    this.screen = screen;
    this.view = view;
    this.json = json;
    this.answers = new CallAnswers(node.tasks(), screen, yes);
  }

  int run(SessionId session, boolean keep) throws InterruptedException {
    node.listen(json ? dev.paddock.agent.TurnListener.NONE : view);
    Interrupts interrupts = new Interrupts(() -> node.tasks().interrupt(session));
    try (Follower follower = new Follower(node.store().sessions(), session, this::show);
        interrupts) {
      Optional<SessionState> rested = wake(session);
      if (rested.isEmpty()) {
        screen.line(
            screen.red(
                "session %s runs in another process; watch it with: paddock sessions tail %s"
                    .formatted(session, session)));
        return Exit.FAILED;
      }
      follower.upTo(rested.get().sequence());
      int exit = finish(session, rested.get(), keep);
      follower.upTo(lastSequence(session));
      return interrupts.happened() ? Exit.INTERRUPTED : exit;
    }
  }

  private Optional<SessionState> wake(SessionId session) throws InterruptedException {
    while (true) {
      Optional<SessionState> rested = node.tasks().wake(session);
      List<SessionEvent.Call> waiting = rested.map(TaskView::unconfirmed).orElse(List.of());
      if (waiting.isEmpty()) {
        return rested;
      }
      for (SessionEvent.Call call : waiting) {
        if (!answers.answer(session, call)) {
          return rested;
        }
      }
    }
  }

  private static List<SessionEvent.Call> unconfirmed(SessionState state) {
    if (!(state.stopReason().orElse(null) instanceof StopReason.RequiresAction action)) {
      return List.of();
    }
    return action.eventIds().stream()
        .filter(id -> !state.confirmations().containsKey(id))
        .flatMap(id -> Optional.ofNullable(state.openCalls().get(id)).stream())
        .toList();
  }

  private int finish(SessionId session, SessionState state, boolean keep) {
    List<LogEntry> log = node.store().sessions().readAll(session);
    boolean done =
        state.status() == SessionStatus.IDLE
            && state.stopReason().orElse(null) instanceof StopReason.EndTurn
            && !state.interrupted()
            && !failed(log);
    var delivery = node.tasks().deliver(session, Optional.empty());
    if (!json) {
      view.rest();
      answer(log).ifPresent(System.out::println);
      new DeliveryView(false).print(delivery, session);
      screen.line(screen.dim("%s  %s".formatted(session, view.total())));
    }
    if (!done) {
      screen.line(
          screen.red("not finished: %s".formatted(reason(state)))
              + "; go on with: paddock run --resume "
              + session);
    }
    if (keep) {
      screen.line("workspace kept: " + node.tasks().workspace(session));
    }
    return done ? Exit.OK : Exit.FAILED;
  }

  /** Whether the last turn ended in an error. */
  private static boolean failed(List<LogEntry> log) {
    for (int i = log.size() - 1; i >= 0; i--) {
      switch (log.get(i).event()) {
        case SessionEvent.SessionError ignored -> {
          return true;
        }
        case SessionEvent.ModelRequestEnd ignored -> {
          return false;
        }
        case SessionEvent ignored -> {}
      }
    }
    return false;
  }

  private static Optional<String> answer(List<LogEntry> log) {
    for (int i = log.size() - 1; i >= 0; i--) {
      if (log.get(i).event() instanceof SessionEvent.AgentMessage message) {
        return Optional.of(Answers.plain(ContentBlock.textOf(message.content())));
      }
    }
    return Optional.empty();
  }

  private static String reason(SessionState state) {
    @Nullable StopReason stop = state.stopReason().orElse(null);
    return stop == null ? "cut off" : Json.tree(stop).path("type").asText();
  }

  private void show(LogEntry entry) {
    if (entry.event() instanceof SessionEvent.Call call && HostQuestion.of(call).isPresent()) {
      // a command waits for the answer, and this thread shows what else happens
      Thread.ofVirtual().name("host-question").start(() -> answers.answerNow(entry, call));
    }
    if (json) {
      System.out.println(Json.write(dev.paddock.node.EventLine.of(entry)));
    } else {
      view.entry(entry);
    }
  }

  private long lastSequence(SessionId session) {
    return node.store().sessions().find(session).map(s -> s.lastSequence()).orElse(0L);
  }
}
