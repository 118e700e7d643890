package dev.paddock.cli;

import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.node.EventLine;
import dev.paddock.node.Node;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a session's log.")
final class SessionShowCommand extends SessionCommand {
  private final Context context;

  @Option(names = "--json", description = "One event a line.")
  private boolean json;

  SessionShowCommand(Context context) {
    super(context);
    this.context = context;
  }

  @Override
  int call(Node node, SessionRecord session) {
    try (LiveView view = new LiveView(context.output(), false)) {
      for (LogEntry entry : node.store().sessions().readAll(session.id())) {
        if (json) {
          System.out.println(Json.write(EventLine.of(entry)));
        } else {
          view.entry(entry);
        }
      }
    }
    return Exit.OK;
  }
}
