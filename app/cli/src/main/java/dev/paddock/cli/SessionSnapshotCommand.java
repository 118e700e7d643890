package dev.paddock.cli;

import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.node.KeptSnapshot;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "snapshot",
    mixinStandardHelpOptions = true,
    description = {
      "Keeps a session's files as they are now, and prints the snapshot's digest.",
      "paddock run --from DIGEST begins with them, paddock sessions restore brings them back."
    })
final class SessionSnapshotCommand extends SessionCommand {
  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Also writes it there as one archive, tar in zstd.")
  private @Nullable Path out;

  @Option(names = "--json", description = "Prints a JSON object instead.")
  private boolean json;

  SessionSnapshotCommand(Context context) {
    super(context);
  }

  @Override
  int call(SessionCalls sessions, SessionId session) {
    KeptSnapshot kept = sessions.snapshot(session, Optional.ofNullable(out));
    System.out.println(json ? Json.write(kept.json()) : kept.digest());
    kept.skipped()
        .forEach(
            left ->
                System.err.printf(
                    "! %s was left out: %s%n", Screen.printable(left.path()), left.reason()));
    int more = kept.skippedCount() - kept.skipped().size();
    if (more > 0) {
      System.err.printf("! and %,d more%n", more);
    }
    return Exit.OK;
  }
}
