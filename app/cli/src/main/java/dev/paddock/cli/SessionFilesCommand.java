package dev.paddock.cli;

import dev.paddock.core.SessionId;
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
  int call(SessionCalls sessions, SessionId session) throws InterruptedException {
    new DeliveryView(json).print(sessions.files(session, Optional.ofNullable(out)), session);
    return Exit.OK;
  }
}
