package dev.paddock.cli;

import dev.paddock.core.spi.SessionRecord;
import dev.paddock.node.Node;
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
  int call(Node node, SessionRecord session) {
    node.tasks().delete(session.id());
    return Exit.OK;
  }
}
