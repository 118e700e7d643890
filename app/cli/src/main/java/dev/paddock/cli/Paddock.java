package dev.paddock.cli;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "paddock",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Runs AI agents inside your own walls.",
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0    success",
      "  1    the task or check failed",
      "  2    wrong usage or configuration",
      "  3    a needed part is missing; the exact fix is printed",
      "  130  cut off with Ctrl-C",
      "",
      "State lies in PADDOCK_HOME, what can be fetched again in PADDOCK_CACHE.",
      "With PADDOCK_URL set, sessions, agents and environments are those of that server."
    },
    subcommands = {
      RunCommand.class,
      SessionsCommand.class,
      AgentsCommand.class,
      EnvironmentsCommand.class,
      ModelsCommand.class,
      ServeCommand.class,
      KeysCommand.class,
      DoctorCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      CompletionCommand.class,
      DeveloperCommand.Test.class,
      DeveloperCommand.Check.class,
      DeveloperCommand.Fmt.class,
      DeveloperCommand.Bench.class,
      DeveloperCommand.Protocols.class,
      DeveloperCommand.Peers.class
    })
final class Paddock extends GroupCommand {
  private Paddock() {}

  static CommandLine commandLine(Map<String, String> environment) {
    Context context = new Context(environment);
    CommandLine line = new CommandLine(new Paddock(), context);
    CommandLineErrors errors = new CommandLineErrors();
    line.setExecutionExceptionHandler(errors);
    line.setParameterExceptionHandler(errors);
    line.setUsageHelpAutoWidth(false);
    line.setAbbreviatedOptionsAllowed(false);
    return line;
  }
}
