package dev.paddock.cli;

import dev.paddock.store.PruneRule;
import dev.paddock.store.Pruned;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    description =
        "Deletes old sessions and files that nothing refers to. Sessions that run are spared.")
final class SessionsPruneCommand implements Callable<Integer> {
  private final Context context;

  @Option(
      names = "--older-than",
      paramLabel = "DAYS",
      description = "Sessions without an event for so many days.")
  private @Nullable Integer olderThan;

  @Option(names = "--keep", paramLabel = "N", description = "All but the N newest.")
  private @Nullable Integer keep;

  SessionsPruneCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (SessionCalls sessions = context.sessions()) {
      PruneRule rule =
          new PruneRule(
              Optional.ofNullable(olderThan).map(Duration::ofDays),
              Optional.ofNullable(keep),
              session -> false);
      Pruned pruned = sessions.prune(rule);
      System.out.printf(
          "%d sessions and %d files removed, %s freed%n",
          pruned.sessions(), pruned.blobs(), Amounts.size(pruned.blobBytes()));
    }
    return Exit.OK;
  }
}
