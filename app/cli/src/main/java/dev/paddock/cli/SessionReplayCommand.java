package dev.paddock.cli;

import dev.paddock.agent.Replay;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description =
        "Goes through a log once more with its recorded turns and results, and names the first"
            + " thing that would be asked or decided otherwise now.")
final class SessionReplayCommand extends SessionCommand {
  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  SessionReplayCommand(Context context) {
    super(context);
  }

  @Override
  int call(SessionCalls sessions, SessionId session) {
    Replay.Report report = sessions.replay(session);
    if (json) {
      System.out.println(Json.write(report));
    } else {
      System.out.printf(
          "%d requests, %d permissions, %d ends compared%n",
          report.requests(), report.calls(), report.ends());
      System.out.println(
          report
              .difference()
              .map(
                  found ->
                      "differs at %d, %s%n  then: %s%n  now:  %s"
                          .formatted(
                              found.sequence(),
                              found.what(),
                              Screen.printable(found.then()),
                              Screen.printable(found.now())))
              .orElse("the same"));
    }
    return report.difference().isEmpty() ? Exit.OK : Exit.FAILED;
  }
}
