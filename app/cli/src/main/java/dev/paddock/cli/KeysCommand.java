package dev.paddock.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.node.Node;
import dev.paddock.node.NodeException;
import dev.paddock.server.ApiKeys;
import dev.paddock.server.spi.Route.Scope;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "API keys of the server.",
    subcommands = {KeysCommand.Create.class, KeysCommand.ListAll.class, KeysCommand.Revoke.class})
final class KeysCommand extends GroupCommand {
  private KeysCommand() {}

  private static ObjectNode json(ApiKeys.Known key) {
    return Json.object()
        .put("id", key.id())
        .put("name", key.name())
        .put("scope", scope(key.scope()))
        .put("created_at", key.createdAt().toString());
  }

  private static String scope(Scope scope) {
    return scope.name().toLowerCase(Locale.ROOT);
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a key. It is shown this once.")
  static final class Create implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "NAME", description = "What the key is for.")
    private String name = "";

    @Option(
        names = "--scope",
        paramLabel = "SCOPE",
        defaultValue = "write",
        description = "read, write or admin (${DEFAULT-VALUE}).")
    private String scope = "";

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Spec private CommandSpec spec = CommandSpec.create();

    Create(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      Scope chosen =
          switch (scope) {
            case "read" -> Scope.READ;
            case "write" -> Scope.WRITE;
            case "admin" -> Scope.ADMIN;
            default ->
                throw new ParameterException(
                    spec.commandLine(), "--scope must be read, write or admin, not " + scope);
          };
      try (Node node = context.openHome("keys are kept")) {
        ApiKeys.Created created = new ApiKeys(node.store().resources()).create(name, chosen);
        if (json) {
          System.out.println(
              Json.write(KeysCommand.json(created.known()).put("key", created.key())));
        } else {
          System.out.println(created.key());
          System.err.println(
              "%s, scope %s; it is not shown again. To end it: paddock keys revoke %s"
                  .formatted(Screen.printable(name), scope, created.known().id()));
        }
      }
      return Exit.OK;
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the keys.")
  static final class ListAll implements Callable<Integer> {
    private final Context context;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    ListAll(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (Node node = context.openHome("keys are kept")) {
        Table table = new Table("ID", "CREATED", "SCOPE", "NAME");
        for (ApiKeys.Known key : new ApiKeys(node.store().resources()).list()) {
          if (json) {
            System.out.println(Json.write(KeysCommand.json(key)));
          } else {
            String created = Amounts.moment(key.createdAt().toString());
            table.row(key.id(), created, scope(key.scope()), key.name());
          }
        }
        if (!json) {
          table.print("no keys yet; paddock keys create NAME makes one");
        }
      }
      return Exit.OK;
    }
  }

  @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Ends a key at once.")
  static final class Revoke implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "ID", description = "The key's id.")
    private String id = "";

    Revoke(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (Node node = context.openHome("keys are kept")) {
        if (!new ApiKeys(node.store().resources()).revoke(id)) {
          throw new NodeException(
              ErrorCode.NOT_FOUND, "there is no key \"%s\"; see: paddock keys list".formatted(id));
        }
      }
      return Exit.OK;
    }
  }
}
