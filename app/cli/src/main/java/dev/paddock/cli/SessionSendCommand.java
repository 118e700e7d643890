package dev.paddock.cli;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.node.Node;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "send",
    mixinStandardHelpOptions = true,
    description = "Appends a message; paddock run --resume ID lets the agent answer.")
final class SessionSendCommand extends SessionCommand {
  @Parameters(index = "1..*", arity = "1..*", paramLabel = "TEXT", description = "The message.")
  private List<String> text = List.of();

  SessionSendCommand(Context context) {
    super(context);
  }

  @Override
  int call(Node node, SessionRecord session) {
    SessionEvent message =
        new SessionEvent.UserMessage(
            EventId.next(), List.of(ContentBlock.text(String.join(" ", text))));
    node.store()
        .sessions()
        .append(session.id(), Append.acknowledged(NewEvent.from(Principal.localUser(), message)));
    System.out.println(message.id());
    return Exit.OK;
  }
}
