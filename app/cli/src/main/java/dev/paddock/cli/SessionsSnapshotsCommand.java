package dev.paddock.cli;

import dev.paddock.core.Json;
import dev.paddock.node.KeptSnapshot;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "snapshots",
    mixinStandardHelpOptions = true,
    description = "Lists the snapshots that are kept, newest first, or deletes one.")
final class SessionsSnapshotsCommand implements Callable<Integer> {
  private final Context context;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Mixin private ListLimit limit = new ListLimit();

  @Option(
      names = "--delete",
      paramLabel = "SNAPSHOT",
      description = "Deletes it; sessions prune then frees what no other one holds.")
  private @Nullable String delete;

  SessionsSnapshotsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (SessionCalls sessions = context.sessions()) {
      if (delete != null) {
        sessions.deleteSnapshot(delete);
        return Exit.OK;
      }
      List<KeptSnapshot> kept = sessions.snapshots(limit.most());
      if (json) {
        kept.forEach(snapshot -> System.out.println(Json.write(snapshot.json())));
        return Exit.OK;
      }
      Table table = new Table("SNAPSHOT", "TAKEN", "OF", "FILES", "SIZE", "NEW");
      for (KeptSnapshot snapshot : kept) {
        table.row(
            snapshot.digest().substring(0, 16),
            Amounts.moment(snapshot.createdAt()),
            Screen.printable(snapshot.from()),
            Amounts.count(snapshot.files()),
            Amounts.size(snapshot.bytes()),
            Amounts.size(snapshot.addedBytes()));
      }
      table.print("no snapshots yet; paddock sessions snapshot ID takes one");
    }
    return Exit.OK;
  }
}
