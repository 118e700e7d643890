package dev.paddock.cli;

import dev.paddock.core.spi.SessionRecord;
import dev.paddock.node.Node;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "files",
    mixinStandardHelpOptions = true,
    description = "Lists the files that the agent added or changed, or writes them to --out.")
final class SessionFilesCommand extends SessionCommand {
  @Option(names = "--out", paramLabel = "DIR", description = "Writes them to this folder.")
  private @Nullable Path out;

  @Option(names = "--json", description = "One file a line.")
  private boolean json;

  SessionFilesCommand(Context context) {
    super(context);
  }

  @Override
  int call(Node node, SessionRecord session) {
    new DeliveryView(json)
        .print(node.tasks().deliver(session.id(), Optional.ofNullable(out)), session.id());
    return Exit.OK;
  }
}
