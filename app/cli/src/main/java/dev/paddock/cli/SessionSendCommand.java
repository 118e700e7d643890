package dev.paddock.cli;

import dev.paddock.core.SessionId;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "send",
    mixinStandardHelpOptions = true,
    description = {
      "Appends a message. A server lets the agent answer;",
      "at home paddock run --resume ID does."
    })
final class SessionSendCommand extends SessionCommand {
  @Parameters(index = "1..*", arity = "1..*", paramLabel = "TEXT", description = "The message.")
  private List<String> text = List.of();

  SessionSendCommand(Context context) {
    super(context);
  }

  @Override
  int call(SessionCalls sessions, SessionId session) throws InterruptedException {
    System.out.println(sessions.send(session, String.join(" ", text)));
    return Exit.OK;
  }
}
