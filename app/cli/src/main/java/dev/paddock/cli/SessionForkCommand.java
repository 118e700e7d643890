package dev.paddock.cli;

import dev.paddock.core.EventId;
import dev.paddock.core.SessionId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "fork",
    mixinStandardHelpOptions = true,
    description =
        "Makes a new session that begins as this one did, up to an event. What was under way there"
            + " counts as interrupted; its files are a copy of their own as they are now.")
final class SessionForkCommand extends SessionCommand {
  @Option(
      names = "--at",
      paramLabel = "EVENT",
      description =
          "The last event of the new session's log, else all of it; see: paddock sessions show ID --json")
  private @Nullable String at;

  SessionForkCommand(Context context) {
    super(context);
  }

  @Override
  int call(SessionCalls sessions, SessionId session) {
    System.out.println(sessions.fork(session, Optional.ofNullable(at).map(EventId::new)));
    return Exit.OK;
  }
}
