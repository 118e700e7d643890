package dev.paddock.cli;

import dev.paddock.core.spi.SessionRecord;
import dev.paddock.node.Node;
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
  int call(Node node, SessionRecord session) {
    node.tasks().interrupt(session.id());
    return Exit.OK;
  }
}
