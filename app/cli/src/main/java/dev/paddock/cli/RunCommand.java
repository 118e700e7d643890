package dev.paddock.cli;

import dev.paddock.core.SessionId;
import dev.paddock.node.Node;
import dev.paddock.node.TaskRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs one task here, in a sandbox; no server is needed.",
      "",
      "Without PROMPT the skill's own text is the task. /workspace is a copy of --in. At the end every"
          + " file that the agent added or changed is written to --out; without --out the files are"
          + " listed with the command that fetches them."
    },
    footer = {
      "",
      "Ctrl-C interrupts the turn, a second one leaves; either way the session goes on with --resume."
    })
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "AGENT",
      description = "A folder with a SKILL.md, or the name of a bundled agent, such as assistant.")
  private @Nullable String agent;

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "PROMPT", description = "The task.")
  private List<String> prompt = List.of();

  @Option(
      names = "--in",
      paramLabel = "DIR",
      description = "A folder to work on; it is never changed.")
  private @Nullable Path in;

  @Option(
      names = "--from",
      paramLabel = "SNAPSHOT",
      description =
          "Begins with the files of a snapshot (its digest, or a .tar.zst file) instead of --in.")
  private @Nullable String from;

  @Option(
      names = "--manifest",
      paramLabel = "FILE",
      description =
          "What the workspace holds beside --in, as JSON or YAML (docs/manifest.md); instead of the"
              + " agent's own.")
  private @Nullable Path manifest;

  @Option(names = "--out", paramLabel = "DIR", description = "Where the results are written.")
  private @Nullable Path out;

  @Option(
      names = "--model",
      paramLabel = "REF",
      description = "A model, such as openai/gpt-x or local/smollm2-135m-instruct.")
  private @Nullable String model;

  @Option(
      names = "--place",
      paramLabel = "PLACE",
      completionCandidates = Places.class,
      description =
          "Where commands run: ${COMPLETION-CANDIDATES} (config.toml: [sandbox] place; else local).")
  private Optional<String> place = Optional.empty();

  @Option(
      names = "--json",
      description = "Prints the session's events, one a line, and nothing else.")
  private boolean json;

  @Option(names = "--yes", description = "Allows what would ask.")
  private boolean yes;

  @Option(names = "--keep", description = "Keeps the workspace folder and says where it is.")
  private boolean keep;

  @Option(
      names = "--resume",
      paramLabel = "ID",
      description = "Goes on with a session that was cut off.")
  private @Nullable String resume;

  private final Context context;

  RunCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    if ((agent == null) == (resume == null)) {
      throw new ParameterException(
          spec.commandLine(), "give an AGENT to run, or --resume with a session's id");
    }
    if (in != null && from != null) {
      throw new ParameterException(
          spec.commandLine(), "--in and --from both fill the workspace; give one of them");
    }
    boolean begins = in != null || from != null || manifest != null || model != null;
    if (resume != null && (begins || !prompt.isEmpty())) {
      throw new ParameterException(
          spec.commandLine(),
          "--resume goes on as the session began; it takes no prompt, --in, --from, --manifest or"
              + " --model");
    }
    try (Node node = context.open()) {
      place.ifPresent(node::setPlace);
      Screen screen = context.screen();
      node.cleanUp(line -> screen.line(screen.dim(line)));
      node.tasks().tellProgress(line -> screen.line(screen.dim(line)));
      try (PullView pulled = new PullView(screen, false);
          LiveView view = new LiveView(screen, true)) {
        node.localModels().report(pulled);
        TaskView shown = new TaskView(node, screen, view, json, yes);
        SessionId session =
            resume == null
                ? node.tasks().prepare(request(String.valueOf(agent)))
                : node.tasks().resume(new SessionId(resume), Optional.ofNullable(out));
        return shown.run(session, keep);
      }
    }
  }

  private TaskRequest request(String agentName) {
    return new TaskRequest(
        agentName,
        prompt.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", prompt)),
        Optional.ofNullable(in),
        Optional.ofNullable(out),
        Optional.ofNullable(model),
        Optional.ofNullable(from),
        Optional.ofNullable(manifest));
  }
}
