package dev.paddock.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.inference.EngineOptions;
import dev.paddock.inference.ModelFile;
import dev.paddock.inference.ParityCheck;
import dev.paddock.node.Node;
import dev.paddock.provider.Catalogue;
import dev.paddock.provider.LocalModelFile;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.ModelRef;
import dev.paddock.provider.Price;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Models: what there is, fetching files, a chat, proof that the engine computes right.",
    subcommands = {
      ModelsCommand.ListModels.class,
      ModelsCommand.Pull.class,
      ModelsCommand.Show.class,
      ChatCommand.class,
      ModelsCommand.Verify.class
    })
final class ModelsCommand extends GroupCommand {
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the models of this machine and of the configured providers.")
  static final class ListModels implements Callable<Integer> {
    private final Context context;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    ListModels(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (Node node = context.open()) {
        Catalogue catalogue = node.models().list();
        Table table = new Table("MODEL", "STANDS FOR", "CONTEXT", "USD PER MILLION IN, OUT");
        for (Catalogue.Entry entry : catalogue.models()) {
          Optional<Price> price = node.prices().find(entry.ref());
          if (json) {
            ObjectNode line =
                Json.object().put("id", entry.id()).put("ref", entry.ref().toString());
            entry.listing().contextTokens().ifPresent(tokens -> line.put("context_tokens", tokens));
            price.ifPresent(p -> line.put("input_usd", p.input()).put("output_usd", p.output()));
            System.out.println(Json.write(line));
          } else {
            String context =
                entry.listing().contextTokens().isPresent()
                    ? Amounts.count(entry.listing().contextTokens().getAsLong())
                    : "";
            table.row(
                entry.id(),
                entry.id().equals(entry.ref().toString()) ? "" : entry.ref().toString(),
                context,
                price.map(p -> p.input() + ", " + p.output()).orElse("unknown"));
          }
        }
        if (!json) {
          System.out.print(table);
        }
        for (ModelException problem : catalogue.problems()) {
          System.err.println("! " + Screen.printable(problem.getMessage()));
        }
      }
      return Exit.OK;
    }
  }

  @Command(
      name = "pull",
      mixinStandardHelpOptions = true,
      description =
          "Fetches a model file: a .gguf file, an http(s) address, or local/smollm2-135m-instruct.")
  static final class Pull implements Callable<Integer> {
    private final Context context;

    @Parameters(
        arity = "0..1",
        paramLabel = "FILE|URL|REF",
        description = "Without one: the embedded model.")
    private String what = ModelRef.EMBEDDED.toString();

    @Option(names = "--sha256", paramLabel = "HEX", description = "What the file must be.")
    private @Nullable String sha256;

    @Option(names = "--quiet", description = "Says nothing unless it fails.")
    private boolean quiet;

    Pull(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
      try (Node node = context.open();
          PullView view = new PullView(context.screen(), quiet)) {
        boolean here = node.localModels().files().find(ModelRef.EMBEDDED.model()).isPresent();
        LocalModelFile model =
            here && what.equals(ModelRef.EMBEDDED.toString())
                ? node.localModels().pull().embedded(view)
                : node.localModels().pull().pull(what, Optional.ofNullable(sha256), view);
        if (!quiet) {
          System.out.println(model.ref());
        }
      }
      return Exit.OK;
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows what a model file holds.")
  static final class Show implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REF|FILE", description = "local/NAME or a .gguf file.")
    private String what = "";

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    Show(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (Node node = context.open()) {
        Path file =
            Files.isRegularFile(Path.of(what))
                ? Path.of(what)
                : node.localModels()
                    .fileOf(ModelRef.parse(node.models().resolve(what).toString()).model());
        ModelFile about = ModelFile.describe(file);
        if (json) {
          System.out.println(Json.write(about));
        } else {
          Fields.print(Json.tree(about));
        }
      }
      return Exit.OK;
    }
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = "Runs a folder of parity vectors: a line a tensor, then PASS or FAIL.")
  static final class Verify implements Callable<Integer> {
    @Parameters(
        paramLabel = "DIR",
        description = "config.json, weights, inputs and expected tensors.")
    private Path folder = Path.of("");

    @Option(
        names = "--tolerance",
        paramLabel = "X",
        defaultValue = "" + ParityCheck.DEFAULT_TOLERANCE,
        description = "Largest absolute difference (${DEFAULT-VALUE}); integers must be identical.")
    private double tolerance;

    @Override
    public Integer call() {
      ParityCheck.Report report = ParityCheck.run(folder, tolerance, EngineOptions.DEFAULT);
      report.text().forEach(System.out::println);
      return report.passed() ? Exit.OK : Exit.FAILED;
    }
  }
}
