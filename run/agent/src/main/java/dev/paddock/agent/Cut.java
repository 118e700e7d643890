package dev.paddock.agent;

/** Why running work is ended early. */
enum Cut {
  /** A person said so, or the session was terminated. */
  INTERRUPT,
  /** The session's time is used up. */
  OUT_OF_TIME,
  /** Another process runs the session now. */
  LEASE_LOST
}
