package dev.paddock.egress;

/** Keeps the log of a sandbox's requests. */
@FunctionalInterface
public interface EgressListener {
  /**
   * Called once a request, when it is over; from many threads. If it throws, the proxy closes: what
   * cannot be logged is not allowed.
   */
  void onRequest(EgressRecord record);
}
