package dev.paddock.cli;

import picocli.CommandLine.Command;

@Command(
    name = "sessions",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Sessions: their logs, files and proofs.",
      "With PADDOCK_URL set those of that server (PADDOCK_API_KEY), else those of this home."
    },
    subcommands = {
      SessionsListCommand.class,
      SessionShowCommand.class,
      SessionTailCommand.class,
      SessionSendCommand.class,
      SessionStopCommand.class,
      SessionFilesCommand.class,
      SessionPreviewsCommand.class,
      SessionVerifyCommand.class,
      SessionForkCommand.class,
      SessionSnapshotCommand.class,
      SessionRestoreCommand.class,
      SessionsSnapshotsCommand.class,
      SessionReplayCommand.class,
      SessionDeleteCommand.class,
      SessionsPruneCommand.class
    })
final class SessionsCommand extends GroupCommand {}
