package dev.paddock.cli;

import dev.paddock.core.SessionId;
import picocli.CommandLine.Command;

@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description = "Interrupts a session: its model request and its running command end.")
final class SessionStopCommand extends SessionCommand {
  SessionStopCommand(Context context) {
    super(context);
  }

  @Override
  int call(SessionCalls sessions, SessionId session) throws InterruptedException {
    sessions.stop(session);
    return Exit.OK;
  }
}
