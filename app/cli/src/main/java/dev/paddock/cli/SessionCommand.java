package dev.paddock.cli;

import dev.paddock.core.SessionId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Parameters;

/** A command on one session. */
abstract class SessionCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(paramLabel = "ID", description = "The session's id.")
  private String id = "";

  SessionCommand(Context context) {
    this.context = context;
  }

  abstract int call(SessionCalls sessions, SessionId session) throws InterruptedException;

  @Override
  public Integer call() throws InterruptedException {
    SessionId session = new SessionId(id);
    try (SessionCalls sessions = context.sessions()) {
      return call(sessions, session);
    }
  }
}
