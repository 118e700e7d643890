package dev.paddock.server.spi;

import dev.paddock.agent.Preview;
import dev.paddock.core.SessionId;
import java.util.function.Consumer;

/** What is seen of running sessions before it stands in the log. Never stored, may be lost. */
public interface Previews {
  /** Hears a session's previews on the thread that makes them, until closed; must be quick. */
  Listening listen(SessionId session, Consumer<Preview> listener);

  /** Ends hearing. */
  interface Listening extends AutoCloseable {
    @Override
    void close();
  }
}
