package dev.paddock.cli;

import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
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
  int call(SessionCalls sessions, SessionId session) throws InterruptedException {
    try (LiveView view = new LiveView(context.output(), false)) {
      sessions.read(
          session,
          event -> {
            if (json) {
              System.out.println(Json.write(event.line()));
            } else {
              view.entry(event.entry());
            }
          });
    }
    return Exit.OK;
  }
}
