package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "previews",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the previews of a session's ports, opens one with --port, or revokes one.",
      "A new one's URL is shown this once; only a server (PADDOCK_URL) answers there."
    })
final class SessionPreviewsCommand implements Callable<Integer> {
  private static final int MOST = 200;

  private final Context context;

  @Parameters(paramLabel = "ID", description = "The session.")
  private String id = "";

  @Option(names = "--port", paramLabel = "N", description = "Opens a preview of this port.")
  private @Nullable Integer port;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "With --port: how long it is open; 60 if left out, at most 1440.")
  private @Nullable Integer minutes;

  @Option(names = "--revoke", paramLabel = "PREVIEW", description = "Ends it at once.")
  private @Nullable String revoke;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  SessionPreviewsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    String path = RemoteSessions.path(new SessionId(id)) + "/paddock_previews";
    try (Api api = context.api()) {
      if (revoke != null) {
        show(List.of(api.delete(path + "/" + revoke)));
      } else if (port != null) {
        ObjectNode body = Json.object().put("port", port);
        if (minutes != null) {
          body.put("minutes", minutes);
        }
        JsonNode opened = api.post(path, body);
        System.out.println(json ? Json.write(opened) : opened.path("url").asText());
      } else {
        List<JsonNode> all = new ArrayList<>();
        api.list(path, Map.of(), MOST, all::add);
        show(all);
      }
    }
    return Exit.OK;
  }

  private void show(List<JsonNode> previews) {
    if (json) {
      previews.forEach(preview -> System.out.println(Json.write(preview)));
      return;
    }
    Table table = new Table("PREVIEW", "PORT", "STATE", "UNTIL");
    for (JsonNode preview : previews) {
      table.row(
          Screen.printable(preview.path("id").asText()),
          preview.path("port").asText(),
          Screen.printable(preview.path("state").asText()),
          Screen.printable(preview.path("expires_at").asText()));
    }
    table.print("no previews; an agent opens one with expose_port, you with --port");
  }
}
