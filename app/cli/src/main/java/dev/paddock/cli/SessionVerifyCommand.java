package dev.paddock.cli;

import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.store.Verification;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Proves a log whole: names the first broken link and every redaction.")
final class SessionVerifyCommand extends SessionCommand {
  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  SessionVerifyCommand(Context context) {
    super(context);
  }

  @Override
  int call(SessionCalls sessions, SessionId session) {
    Verification found = sessions.verify(session);
    if (json) {
      System.out.println(Json.write(found));
    } else {
      for (Verification.Redaction redaction : found.redactions()) {
        System.out.printf(
            "%d %s redacted: %s%n",
            redaction.sequence(), redaction.event(), Screen.printable(redaction.reason()));
      }
      System.out.println(
          found
              .broken()
              .map(link -> "broken at %d: %s".formatted(link.sequence(), link.reason()))
              .orElse("whole: %d events".formatted(found.entries())));
    }
    return found.intact() ? Exit.OK : Exit.FAILED;
  }
}
