package dev.paddock.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "sessions",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Sessions of this home: their logs, files and proofs.",
    subcommands = {
      SessionsListCommand.class,
      SessionShowCommand.class,
      SessionTailCommand.class,
      SessionSendCommand.class,
      SessionStopCommand.class,
      SessionFilesCommand.class,
      SessionVerifyCommand.class,
      SessionForkCommand.class,
      SessionReplayCommand.class,
      SessionDeleteCommand.class,
      SessionsPruneCommand.class
    })
final class SessionsCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
