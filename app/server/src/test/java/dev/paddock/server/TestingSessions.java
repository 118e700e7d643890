package dev.paddock.server;

import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.Sessions;
import java.util.List;

/** Sessions that nothing runs. */
final class TestingSessions {
  private TestingSessions() {}

  static SessionId create(Sessions sessions) {
    SessionId id = SessionId.next();
    sessions.create(new NewSession(id, WorkspaceId.DEFAULT, Json.object(), List.of()));
    return id;
  }
}
