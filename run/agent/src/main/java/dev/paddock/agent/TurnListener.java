package dev.paddock.agent;

import dev.paddock.core.SessionId;

/** Told of previews while a session runs, from several threads; it must be quick and not throw. */
@FunctionalInterface
public interface TurnListener {
  TurnListener NONE = (session, preview) -> {};

  void preview(SessionId session, Preview preview);
}
