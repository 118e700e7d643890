package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.provider.ModelRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "agents",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Agents of the API.",
      "With PADDOCK_URL set those of that server (PADDOCK_API_KEY), else those of this home."
    },
    subcommands = {
      AgentsCommand.ListAll.class,
      AgentsCommand.Show.class,
      AgentsCommand.Create.class,
      AgentsCommand.Archive.class
    })
final class AgentsCommand extends GroupCommand {
  private static final String AGENTS = "/v1/agents";

  private AgentsCommand() {}

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists agents.")
  static final class ListAll extends ApiCommand.Listing {
    ListAll(Context context) {
      super(context, AGENTS);
    }

    @Override
    List<Map.Entry<String, Function<JsonNode, String>>> columns() {
      return List.of(
          Map.entry("ID", agent -> agent.path("id").asText()),
          Map.entry("CREATED", agent -> Amounts.moment(agent.path("created_at").asText())),
          Map.entry("VERSION", agent -> agent.path("version").asText()),
          Map.entry("MODEL", agent -> agent.path("model").path("id").asText()),
          Map.entry("NAME", agent -> agent.path("name").asText()));
    }

    @Override
    String none() {
      return "no agents yet; paddock agents create FOLDER makes one";
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows an agent.")
  static final class Show extends ApiCommand.Showing {
    Show(Context context) {
      super(context, AGENTS);
    }
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes an agent of a folder with a SKILL.md, whose files become a skill.")
  static final class Create extends ApiCommand {
    private final Context context;

    @Parameters(paramLabel = "FOLDER", description = "The agent's folder.")
    private Path folder = Path.of("");

    @Option(
        names = "--model",
        paramLabel = "REF",
        description = "Its model (agent.yaml, else PADDOCK_MODEL, else the embedded one).")
    private Optional<String> model = Optional.empty();

    Create(Context context) {
      super(context);
      this.context = context;
    }

    @Override
    void call(Api api) throws InterruptedException {
      AgentUpload upload = AgentUpload.read(folder);
      upload.notes().forEach(note -> System.err.println("! " + note));
      JsonNode agent = upload.send(api, model, usualModel());
      print(agent, agent.path("id").asText());
    }

    private String usualModel() {
      return Optional.ofNullable(context.environment().get("PADDOCK_MODEL"))
          .filter(ref -> !ref.isBlank())
          .orElse(ModelRef.EMBEDDED.toString());
    }
  }

  @Command(
      name = "archive",
      mixinStandardHelpOptions = true,
      description = "Archives an agent for good: no session can be made of it any more.")
  static final class Archive extends ApiCommand.Archiving {
    Archive(Context context) {
      super(context, AGENTS);
    }
  }
}
