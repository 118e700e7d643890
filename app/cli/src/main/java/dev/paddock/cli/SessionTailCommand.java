package dev.paddock.cli;

import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "tail",
    mixinStandardHelpOptions = true,
    description = "Prints events as they are appended, until the session is idle or terminated.")
final class SessionTailCommand extends SessionCommand {
  @Option(names = "--json", description = "One event a line.")
  private boolean json;

  @Option(
      names = "--after",
      paramLabel = "N",
      defaultValue = "0",
      description = "Events after sequence N.")
  private long after;

  private final Context context;

  SessionTailCommand(Context context) {
    super(context);
    this.context = context;
  }

  @Override
  int call(SessionCalls sessions, SessionId session) throws InterruptedException {
    SessionState state = SessionState.EMPTY;
    try (EventFeed feed = sessions.follow(session);
        LiveView view = new LiveView(context.output(), false)) {
      while (true) {
        for (ShownEvent event : feed.next(Duration.ofSeconds(1))) {
          state = state.apply(event.entry());
          if (event.entry().sequence() <= after) {
            continue;
          }
          if (json) {
            System.out.println(Json.write(event.line()));
          } else {
            view.entry(event.entry());
          }
        }
        if (feed.whole() && !state.runnable()) {
          return Exit.OK;
        }
      }
    }
  }
}
