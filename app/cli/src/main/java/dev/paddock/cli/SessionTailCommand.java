package dev.paddock.cli;

import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionState;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Subscription;
import dev.paddock.node.EventLine;
import dev.paddock.node.Node;
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
  int call(Node node, SessionRecord session) throws InterruptedException {
    SessionState state = SessionState.EMPTY;
    try (Subscription log = node.store().sessions().subscribe(session.id(), 0);
        LiveView view = new LiveView(context.output(), false)) {
      while (true) {
        for (LogEntry entry : log.next(100, Duration.ofSeconds(1))) {
          state = state.apply(entry);
          if (entry.sequence() <= after) {
            continue;
          }
          if (json) {
            System.out.println(Json.write(EventLine.of(entry)));
          } else {
            view.entry(entry);
          }
        }
        boolean whole =
            state.sequence()
                >= node.store()
                    .sessions()
                    .find(session.id())
                    .map(SessionRecord::lastSequence)
                    .orElse(0L);
        if (whole && !state.runnable()) {
          return Exit.OK;
        }
      }
    }
  }
}
