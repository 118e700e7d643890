package dev.paddock.cli;

import dev.paddock.core.Json;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists sessions, newest first.")
final class SessionsListCommand implements Callable<Integer> {
  private final Context context;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Mixin private ListLimit limit = new ListLimit();

  SessionsListCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (SessionCalls sessions = context.sessions()) {
      List<SessionRow> rows = sessions.list(limit.most());
      if (json) {
        rows.forEach(row -> System.out.println(Json.write(row.json())));
      } else {
        Table table = new Table("ID", "STARTED", "STATUS", "AGENT", "EVENTS");
        rows.forEach(
            row ->
                table.row(
                    row.id(),
                    Amounts.moment(row.createdAt()),
                    row.status(),
                    row.agent(),
                    row.events().map(Amounts::count).orElse("")));
        table.print(
            "no sessions yet; paddock run starts one here, programs start them at a server");
      }
    }
    return Exit.OK;
  }
}
