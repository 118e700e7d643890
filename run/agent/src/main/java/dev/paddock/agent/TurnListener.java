package dev.paddock.agent;

import dev.paddock.core.SessionId;

/** Told of previews while a session runs, from several threads; it must be quick and not throw. */
@FunctionalInterface
public interface TurnListener {
  TurnListener NONE = (session, preview) -> {};

  void preview(SessionId session, Preview preview);

  /**
   * The session is about to go idle: whoever reads that in its log finds done what is done here.
   * Not told for certain, as the process may die before; it must not throw.
   */
  default void idling(SessionId session) {}
}
