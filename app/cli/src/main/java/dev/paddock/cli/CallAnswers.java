package dev.paddock.cli;

import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.node.Tasks;
import java.io.Console;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Answers to calls that ask: by {@code --yes}, or by who sits at the terminal. Each is asked once.
 */
final class CallAnswers {
  private final Tasks tasks;
  private final Screen screen;
  private final boolean yes;
  private final Map<EventId, Boolean> asked = new HashMap<>();

  CallAnswers(Tasks tasks, Screen screen, boolean yes) {
    this.tasks = tasks;
    this.screen = screen;
    this.yes = yes;
  }

  /** False if the question stays open. */
  synchronized boolean answer(SessionId session, SessionEvent.Call call) {
    Boolean known = asked.get(call.id());
    if (known == null) {
      Optional<Permission> answer = ask(call);
      answer.ifPresent(given -> tasks.confirm(session, call.id(), given));
      known = answer.isPresent();
      asked.put(call.id(), known);
    }
    return known;
  }

  /** As {@link #answer}, beside the session, where nobody can catch what goes wrong. */
  void answerNow(LogEntry entry, SessionEvent.Call call) {
    try {
      if (tasks.asks(entry.sessionId(), call.id())) {
        answer(entry.sessionId(), call);
      }
    } catch (PaddockException e) {
      screen.line(screen.red("the answer was not taken: " + e.getMessage()));
    }
  }

  @SuppressWarnings("SystemConsoleNull") // with jdk.console=jdk.internal.le only it is never null
  private Optional<Permission> ask(SessionEvent.Call call) {
    if (yes) {
      return Optional.of(Permission.ALLOW);
    }
    String question =
        "allow %s %s?"
            .formatted(
                Screen.printable(call.name()),
                Screen.fit(Screen.printable(Json.write(call.input())), 400));
    Console console = System.console();
    if (!screen.terminal() || console == null || !console.isTerminal()) {
      screen.line(
          screen.yellow(question)
              + " There is no terminal to ask on; allow it with --yes: paddock run --resume ID --yes");
      return Optional.empty();
    }
    screen.line(screen.yellow(question) + " [y/n, anything else leaves it open]");
    String answer = console.readLine();
    return switch (answer == null ? "" : answer.strip()) {
      case "y", "yes" -> Optional.of(Permission.ALLOW);
      case "n", "no" -> Optional.of(Permission.DENY);
      default -> Optional.empty();
    };
  }
}
