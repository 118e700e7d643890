package dev.paddock.cli;

import dev.paddock.core.EventId;
import dev.paddock.core.SessionId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "fork",
    mixinStandardHelpOptions = true,
    description =
        "Makes a new session that begins as this one did, up to an event. What was under way there"
            + " counts as interrupted; its files are a copy as they are now.")
final class SessionForkCommand extends SessionCommand {
  @Option(
      names = "--at",
      required = true,
      paramLabel = "EVENT",
      description = "The last event of the new session's log; see: paddock sessions show ID --json")
  private String at = "";

  SessionForkCommand(Context context) {
    super(context);
  }

  @Override
  int call(SessionCalls sessions, SessionId session) {
    System.out.println(sessions.fork(session, new EventId(at)));
    return Exit.OK;
  }
}
