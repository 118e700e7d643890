package dev.paddock.cli;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.node.Node;
import dev.paddock.node.NodeException;
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

  abstract int call(Node node, SessionRecord session) throws InterruptedException;

  @Override
  public Integer call() throws InterruptedException {
    SessionId session = new SessionId(id);
    try (Node node = context.open()) {
      SessionRecord record =
          node.store()
              .sessions()
              .find(session)
              .orElseThrow(
                  () ->
                      new NodeException(
                          ErrorCode.NOT_FOUND,
                          "there is no session %s in %s; see: paddock sessions list"
                              .formatted(session, node.home().root())));
      return call(node, record);
    }
  }
}
