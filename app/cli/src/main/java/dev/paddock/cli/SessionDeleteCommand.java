package dev.paddock.cli;

import dev.paddock.core.SessionId;
import picocli.CommandLine.Command;

@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Deletes a session, its log and its files.")
final class SessionDeleteCommand extends SessionCommand {
  SessionDeleteCommand(Context context) {
    super(context);
  }

  @Override
  int call(SessionCalls sessions, SessionId session) throws InterruptedException {
    sessions.delete(session);
    return Exit.OK;
  }
}
