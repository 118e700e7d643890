package dev.paddock.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.node.Node;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists sessions, newest first.")
final class SessionsListCommand implements Callable<Integer> {
  private final Context context;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most N (${DEFAULT-VALUE}).")
  private int limit;

  SessionsListCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (Node node = context.open()) {
      Table table = new Table("ID", "STARTED", "STATUS", "AGENT", "EVENTS");
      for (SessionRecord session : node.store().sessions().list(SessionFilter.newest(limit))) {
        String agent = session.document().path("agent").path("name").asText("");
        String status = status(node, session);
        if (json) {
          ObjectNode line = Json.object().put("id", session.id().value()).put("status", status);
          line.put("agent", agent).put("created_at", session.createdAt().toString());
          line.put("updated_at", session.updatedAt().toString());
          System.out.println(Json.write(line.put("events", session.lastSequence())));
        } else {
          String started = session.createdAt().toString().substring(0, 19).replace('T', ' ');
          table.row(
              session.id().value(), started, status, agent, Amounts.count(session.lastSequence()));
        }
      }
      if (!json) {
        System.out.print(table.isEmpty() ? "" : table);
        if (table.isEmpty()) {
          System.err.println("no sessions yet; paddock run starts one");
        }
      }
    }
    return Exit.OK;
  }

  private static String status(Node node, SessionRecord session) {
    if (session.status() == SessionStatus.RUNNING && !node.tasks().runs(session.id())) {
      return "cut off";
    }
    String reason =
        session.stopReason().map(stop -> ", " + Json.tree(stop).path("type").asText()).orElse("");
    return session.status().name().toLowerCase(Locale.ROOT) + reason;
  }
}
