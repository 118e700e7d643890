package dev.paddock.cli;

import dev.paddock.core.SessionId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = {
      "Puts the files of a snapshot in the place of a session's own, all of them or none.",
      "Its log stays as it is."
    })
final class SessionRestoreCommand extends SessionCommand {
  @Parameters(
      index = "1",
      paramLabel = "SNAPSHOT",
      description = "A digest or its first 8 digits or more, or a .tar.zst file.")
  private String snapshot = "";

  SessionRestoreCommand(Context context) {
    super(context);
  }

  @Override
  int call(SessionCalls sessions, SessionId session) {
    sessions.restore(session, snapshot);
    return Exit.OK;
  }
}
