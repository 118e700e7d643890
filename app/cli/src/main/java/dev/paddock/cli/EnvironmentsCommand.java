package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.DocumentFile;
import dev.paddock.core.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "environments",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Environments of the API: what sessions run in.",
      "With PADDOCK_URL set those of that server (PADDOCK_API_KEY), else those of this home."
    },
    subcommands = {
      EnvironmentsCommand.ListAll.class,
      EnvironmentsCommand.Show.class,
      EnvironmentsCommand.Create.class,
      EnvironmentsCommand.Archive.class,
      EnvironmentsCommand.Delete.class
    })
final class EnvironmentsCommand extends GroupCommand {
  private static final String ENVIRONMENTS = "/v1/environments";

  private EnvironmentsCommand() {}

  private static String network(JsonNode environment) {
    JsonNode networking = environment.path("config").path("networking");
    if (networking.path("type").asText().equals("unrestricted")) {
      return "every public host";
    }
    JsonNode hosts = networking.path("allowed_hosts");
    boolean ask = networking.path("ask").booleanValue();
    return hosts.isEmpty()
        ? ask ? "asks" : "none"
        : hosts.valueStream().map(JsonNode::asText).collect(Collectors.joining(", "))
            + (ask ? ", asks for others" : "");
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists environments.")
  static final class ListAll extends ApiCommand.Listing {
    ListAll(Context context) {
      super(context, ENVIRONMENTS);
    }

    @Override
    List<Map.Entry<String, Function<JsonNode, String>>> columns() {
      return List.of(
          Map.entry("ID", environment -> environment.path("id").asText()),
          Map.entry(
              "CREATED", environment -> Amounts.moment(environment.path("created_at").asText())),
          Map.entry("NETWORK", environment -> Screen.fit(network(environment), 40)),
          Map.entry("NAME", environment -> environment.path("name").asText()));
    }

    @Override
    String none() {
      return "no environments yet; paddock environments create NAME makes one";
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows an environment.")
  static final class Show extends ApiCommand.Showing {
    Show(Context context) {
      super(context, ENVIRONMENTS);
    }
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes an environment. Its sandboxes reach the hosts that are named, no other.")
  static final class Create extends ApiCommand {
    @Parameters(paramLabel = "NAME", description = "Its name.")
    private String name = "";

    @Option(
        names = "--host",
        paramLabel = "HOST",
        description = "A host that may be reached, such as example.org or *.example.org.")
    private List<String> hosts = List.of();

    @Option(names = "--ask", description = "Asks a person about hosts that are not named.")
    private boolean ask;

    @Option(
        names = "--manifest",
        paramLabel = "FILE",
        description = "What its sessions' workspaces hold, as JSON or YAML (docs/manifest.md).")
    private Optional<Path> manifest = Optional.empty();

    Create(Context context) {
      super(context);
    }

    @Override
    void call(Api api) throws InterruptedException {
      ObjectNode body = Json.object().put("name", name);
      ObjectNode config = body.putObject("config").put("type", "cloud");
      manifest.map(DocumentFile::read).ifPresent(named -> config.set("manifest", named));
      ObjectNode networking = config.putObject("networking");
      ArrayNode allowed = networking.put("type", "limited").putArray("allowed_hosts");
      hosts.forEach(allowed::add);
      if (ask) {
        networking.put("ask", true);
      }
      JsonNode environment = api.post(ENVIRONMENTS, body);
      print(environment, environment.path("id").asText());
    }
  }

  @Command(
      name = "archive",
      mixinStandardHelpOptions = true,
      description = "Archives an environment: no session can be made in it any more.")
  static final class Archive extends ApiCommand.Archiving {
    Archive(Context context) {
      super(context, ENVIRONMENTS);
    }
  }

  @Command(name = "delete", mixinStandardHelpOptions = true, description = "Deletes it for good.")
  static final class Delete extends ApiCommand.OfOne {
    Delete(Context context) {
      super(context, ENVIRONMENTS);
    }

    @Override
    void call(Api api) throws InterruptedException {
      JsonNode answer = api.delete(path());
      print(answer, "deleted " + answer.path("id").asText());
    }
  }
}
